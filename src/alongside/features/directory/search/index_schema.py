"""The search index: a PostgreSQL schema that no role serving pages can read or write.

Under row-level security no index answers `@@` or `%`, because these operators are not leakproof (docs/decisions/0006).
So triggers copy the words of listed entries into the schema `search`. The app can only call the functions
`search.known` and `search.find`. Both take the authority from the tenant context and the visible schools as an
argument. Words outside that scope do not affect how a search word is treated, nor what is found. `find` returns ids
and scores, never a text.
"""

from alongside.platform.database.ddl import schema_rule

INSIDE, PUBLIC = "inside", "public"
"""The two indexes: entries listed inside an authority, and public entries (`directory.public`)."""

TITLE, MATTER, DEED, REST = 1.0, 0.45, 0.2, 0.1
"""The weight of a word in the title, in the problem, in what was done, and in the rest of an entry."""

EVEN = 0.3
"""The weight of a word when the parts of an entry are not told apart (used by a benchmark)."""

ENOUGH = 0.2
"""The share of a search, weighted by how rare its words are, that an entry must hold to be found by words."""

MEANING, ALIKE = 1.2, 0.36
"""The weight of similarity in meaning beside words, and the least cosine similarity that finds an entry by itself.

It must be 0.1 higher for one or two words that are in no entry, because the model sees some likeness in any text, and
the more entries there are, the more of it.
"""

schema_rule(
    "searches_look_through_a_shelf_that_no_page_can_read",
    """
CREATE SCHEMA search;

CREATE TEXT SEARCH CONFIGURATION search.english (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION search.english
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.english_stem;
CREATE TEXT SEARCH CONFIGURATION search.plain (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION search.plain
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.simple;

CREATE TABLE search.entry (
    authority_id integer NOT NULL,
    shelf text NOT NULL CHECK (shelf IN ('inside', 'public')),
    entry_id uuid NOT NULL,
    school_urn integer,
    partner_urn integer,
    visible_to_authority_from date,
    words tsvector NOT NULL,
    spelt text[] NOT NULL,
    PRIMARY KEY (authority_id, shelf, entry_id),
    FOREIGN KEY (authority_id, entry_id) REFERENCES public.directory_entry (authority_id, id) ON DELETE CASCADE
);
CREATE INDEX ix_entry_words ON search.entry USING gin (authority_id, words);
CREATE INDEX ix_entry_spelt ON search.entry USING gin (authority_id, spelt);

CREATE TABLE search.word (
    authority_id integer NOT NULL,
    word text NOT NULL,
    PRIMARY KEY (authority_id, word)
);
CREATE INDEX ix_word_alike ON search.word USING gin (authority_id, word public.gin_trgm_ops);
""",
)

schema_rule(
    "what_is_listed_stands_on_the_shelf",
    """
CREATE FUNCTION search.stand(here integer, at text, entry jsonb) RETURNS void LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    matter text := concat_ws(' ', entry->>'problem', translate(entry->>'themes', '_[]",', '     '),
        (SELECT name FROM public.school WHERE authority_id = here AND urn = (entry->>'school_urn')::integer));
    deed text := concat_ws(' ', entry->>'what_we_did', entry->>'context', entry->>'source_name');
    rest text := concat_ws(' ', entry->>'evidence', entry->>'what_to_avoid', entry->>'what_you_need',
        entry->>'who_to_ask', entry->>'staff_time');
    as_spelt text[] := ARRAY(
        SELECT lexeme FROM unnest(to_tsvector('search.plain', concat_ws(' ', entry->>'title', matter, deed, rest)))
         WHERE lexeme ~ '^[a-z]{4,24}$' AND ts_lexize('pg_catalog.english_stem', lexeme) <> '{}' ORDER BY lexeme);
BEGIN
    INSERT INTO search.entry (authority_id, shelf, entry_id, school_urn, partner_urn, visible_to_authority_from,
    words, spelt)
    VALUES (here, at, (entry->>'id')::uuid, (entry->>'school_urn')::integer,
            (entry->>'partner_urn')::integer, (entry->>'visible_to_authority_from')::date,
            setweight(to_tsvector('search.english', entry->>'title'), 'A')
            || setweight(to_tsvector('search.english', matter), 'B')
            || setweight(to_tsvector('search.english', deed), 'C')
            || setweight(to_tsvector('search.english', rest), 'D'), as_spelt)
    ON CONFLICT (authority_id, shelf, entry_id) DO UPDATE SET school_urn = excluded.school_urn,
        partner_urn = excluded.partner_urn, visible_to_authority_from = excluded.visible_to_authority_from, words =
        excluded.words,
        spelt = excluded.spelt;
    INSERT INTO search.word (authority_id, word) SELECT here, unnest(as_spelt)
    ON CONFLICT (authority_id, word) DO NOTHING;
END $$;
REVOKE ALL ON FUNCTION search.stand(integer, text, jsonb) FROM PUBLIC;

CREATE FUNCTION search.keep_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.state IN ('verified', 'review_due', 'reverified') THEN
        PERFORM search.stand(NEW.authority_id, 'inside', to_jsonb(NEW));
    ELSIF TG_OP = 'UPDATE' AND OLD.state IN ('verified', 'review_due', 'reverified') THEN
        DELETE FROM search.entry
         WHERE authority_id = NEW.authority_id AND shelf = 'inside' AND entry_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION search.keep_entry() FROM PUBLIC;
CREATE TRIGGER keep_on_shelf AFTER INSERT OR UPDATE OF state, edition, title, themes, problem, context, what_we_did,
    evidence, what_to_avoid, what_you_need, who_to_ask, school_urn, partner_urn, visible_to_authority_from, visibility
    ON public.directory_entry FOR EACH ROW EXECUTE FUNCTION search.keep_entry();

CREATE FUNCTION search.keep_public() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM search.entry
         WHERE authority_id = OLD.authority_id AND shelf = 'public' AND entry_id = OLD.id;
    ELSE
        PERFORM search.stand(NEW.authority_id, 'public', to_jsonb(NEW));
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION search.keep_public() FROM PUBLIC;
CREATE TRIGGER keep_on_shelf AFTER INSERT OR DELETE ON public.public_entry
    FOR EACH ROW EXECUTE FUNCTION search.keep_public();

CREATE FUNCTION search.rename_school() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM search.stand(e.authority_id, 'inside', to_jsonb(e)) FROM public.directory_entry e
      WHERE e.authority_id = NEW.authority_id AND e.school_urn = NEW.urn
        AND e.state IN ('verified', 'review_due', 'reverified');
    PERFORM search.stand(e.authority_id, 'public', to_jsonb(e)) FROM public.public_entry e
      WHERE e.authority_id = NEW.authority_id AND e.school_urn = NEW.urn;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION search.rename_school() FROM PUBLIC;
CREATE TRIGGER rename_on_shelf AFTER UPDATE OF name ON public.school FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION search.rename_school();
""",
)

schema_rule(
    "who_asks_knows_which_words_stand_within_their_reach",
    """
CREATE FUNCTION search.known(at text, urns integer[], today date, typed text[])
RETURNS TABLE (word text, stop boolean, known boolean, alike text[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    here integer := security.authority_id();
BEGIN
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT u.word, plainto_tsquery('search.english', u.word) AS query, u.word ~ '^[a-z]{4,24}$' AS plain
          FROM unnest(typed) AS u(word)
    ), written AS MATERIALIZED (
        SELECT DISTINCT a.word FROM asked a JOIN search.entry e ON e.authority_id = here AND e.words @@ a.query
         WHERE a.plain AND numnode(a.query) > 0 AND e.shelf = at
           AND (urns IS NULL OR e.school_urn = ANY (urns) OR e.partner_urn = ANY (urns) OR
           e.visible_to_authority_from <= today)
    ), told AS MATERIALIZED (
        SELECT a.word, numnode(a.query) = 0 AS stop,
               NOT a.plain OR numnode(a.query) = 0 OR a.word IN (SELECT word FROM written) AS known
          FROM asked a
    )
    SELECT t.word, t.stop, t.known,
           CASE WHEN t.known THEN '{}' ELSE
               (SELECT coalesce(array_agg(near.word ORDER BY near.likeness DESC, near.word), '{}') FROM (
                    SELECT DISTINCT w.word, public.similarity(w.word, t.word) AS likeness
                      FROM search.word w JOIN search.entry e ON e.authority_id = here AND e.spelt @> ARRAY[w.word]
                     WHERE w.authority_id = here AND w.word OPERATOR(public.%) t.word AND e.shelf = at
                       AND (urns IS NULL OR e.school_urn = ANY (urns) OR e.partner_urn = ANY (urns)
                            OR e.visible_to_authority_from <= today)
                     ORDER BY likeness DESC, w.word LIMIT 20) near) END
      FROM told t;
END $$;
REVOKE ALL ON FUNCTION search.known(text, integer[], date, text[]) FROM PUBLIC;
GRANT USAGE ON SCHEMA search TO alongside_app;
GRANT EXECUTE ON FUNCTION search.known(text, integer[], date, text[]) TO alongside_app;
""",
)

schema_rule(
    "a_search_gives_back_ids_within_the_authority_and_the_reach",
    """
CREATE FUNCTION search.find(at text, urns integer[], today date, groups integer[], texts text[], shares real[],
    weights real[], near uuid[], likeness real[], enough float8, alike float8, meaning float8)
RETURNS TABLE (entry_id uuid, score real, groups_found integer[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    here integer := security.authority_id();
BEGIN
    RETURN QUERY
    WITH part AS MATERIALIZED (
        SELECT p.n, p.share, to_tsquery('search.english', p.text) AS query
          FROM unnest(groups, texts, shares) AS p(n, text, share)
    ), hit AS MATERIALIZED (
        SELECT part.n, e.entry_id AS id, max(part.share * ts_rank(weights, e.words, part.query, 1)) AS strength
          FROM part JOIN search.entry e ON e.authority_id = here AND e.words @@ part.query
         WHERE numnode(part.query) > 0 AND e.shelf = at
           AND (urns IS NULL OR e.school_urn = ANY (urns) OR e.partner_urn = ANY (urns) OR
           e.visible_to_authority_from <= today)
         GROUP BY part.n, e.entry_id
    ), rarity AS (
        SELECT hit.n, ln(1 + (SELECT count(*) FROM search.entry e
                               WHERE e.authority_id = here AND e.shelf = at)::real / count(*)) AS weight
          FROM hit GROUP BY hit.n
    ), worded AS (
        SELECT hit.id, sum(hit.strength * rarity.weight) AS strength, sum(rarity.weight) AS held,
               array_agg(hit.n ORDER BY hit.n) AS in_groups
          FROM hit JOIN rarity USING (n) GROUP BY hit.id
    ), meant AS (
        SELECT m.id, greatest(0, m.likeness) AS likeness FROM unnest(near, likeness) AS m(id, likeness)
          JOIN search.entry e ON e.authority_id = here AND e.shelf = at AND e.entry_id = m.id
         WHERE urns IS NULL OR e.school_urn = ANY (urns) OR e.partner_urn = ANY (urns)
            OR e.visible_to_authority_from <= today
    ), judged AS (
        SELECT id, worded.in_groups, coalesce(meant.likeness, 0) AS likeness,
               coalesce(worded.held / (SELECT sum(weight) FROM rarity), 0) AS held,
               coalesce(worded.strength / max(worded.strength) OVER (), 0) AS strength
          FROM worded FULL JOIN meant USING (id)
    )
    SELECT id, (strength * (1 + held) / 2 + meaning * judged.likeness)::real, coalesce(in_groups, '{}')
      FROM judged WHERE held >= enough
        OR judged.likeness >= alike + CASE WHEN EXISTS (SELECT FROM worded)
                                             OR (SELECT count(DISTINCT n) FROM part) > 2 THEN 0 ELSE 0.1 END;
END $$;
REVOKE ALL ON FUNCTION search.find(text, integer[], date, integer[], text[], real[], real[], uuid[], real[],
    float8, float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search.find(text, integer[], date, integer[], text[], real[], real[], uuid[], real[],
    float8, float8, float8) TO alongside_app;
""",
)
