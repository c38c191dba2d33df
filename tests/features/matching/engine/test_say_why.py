"""Explanations: ranks, holders of better offers, effects of forcing, needs without a partner."""

from uuid import UUID

import msgspec
import numpy as np

from alongside.features.matching.engine.diff import with_known
from alongside.features.matching.engine.explanation import explanations, forced
from alongside.features.matching.engine.instance import Parameters
from alongside.features.matching.engine.planning import Prepared, chosen_of, plan, plan_of
from alongside.features.matching.engine.rule_labels import RULE_WORDS, Rule
from alongside.features.matching.engine.shortlist import shortlist
from tests.features.matching.engine.drawn import many
from tests.features.matching.engine.made import authority


def test_the_numbers_of_every_explanation_add_up() -> None:
    """Points add up to the score; ruled-out offers and candidates add up to all offers."""
    for instance in many(share=6, loose=True):
        prepared = Prepared(instance)
        made = plan_of(prepared)
        notified = explanations(prepared, made, 5.0)
        assert [one.need for one in notified] == [need.id for need in prepared.columns.instance.needs]
        for one in notified:
            accepted = {
                known.offer for known in instance.known if known.what == "accepted" and known.need == one.need
            }
            assert one.of + sum(one.ruled_out.values()) - len(accepted) <= len(instance.offers)
            for score in (better.score for better in one.better):
                assert sum(score.points.values()) == score.score
            if one.chosen is not None and one.rank is not None:
                assert all(better.score.score >= one.chosen.score.score for better in one.better)
                assert len(one.better) == min(3, one.rank - 1)


def test_forcing_a_pair_is_what_solving_again_with_it_says() -> None:
    """For every better offer of a small authority: points, coverage, and needs that lose their partner."""
    checked = 0
    for seed in (1, 2, 3):
        instance = authority(40, seed)
        prepared = Prepared(instance)
        made = plan_of(prepared)
        chosen = chosen_of(prepared, made.pairs)
        for one in explanations(prepared, made, 30.0):
            for better in one.better:
                row = prepared.candidates.row_of(
                    prepared.columns.need_at[one.need], prepared.columns.offer_at[better.offer]
                )
                assert row is not None
                what = forced(prepared, chosen, row, 10.0, whole=True)
                assert what is not None
                assert what.exact
                again = plan(
                    with_known(
                        instance, msgspec.structs.replace(made, pairs=()), one.need, better.offer, "pinned"
                    )
                )
                assert made.objective + what.points >= again.objective
                if what.coverage == sum(tier.served for tier in again.coverage) - sum(
                    tier.served for tier in made.coverage
                ):
                    assert (
                        set(what.losers)
                        == {need.need for need in again.unserved} - {need.need for need in made.unserved}
                        or made.objective + what.points >= again.objective
                    )
                if better.if_forced is not None:
                    assert better.if_forced.points <= what.points
                checked += 1
    assert checked > 20


def test_forcing_in_a_model_of_slots_is_exact() -> None:
    """Compared with the plan in which the pair is pinned."""
    instance = authority(60, 1, parameters=Parameters(model="slots"))
    prepared = Prepared(instance)
    made = plan_of(prepared)
    chosen = chosen_of(prepared, made.pairs)
    stored = [better.if_forced for one in explanations(prepared, made, 30.0) for better in one.better]
    assert stored
    assert all(one is not None and one.exact for one in stored)
    rows = [row for row in range(len(prepared.candidates.need)) if not chosen[row]][::9]
    assert rows
    for row in rows:
        what = forced(prepared, chosen, row, 10.0, whole=True)
        need = prepared.columns.instance.needs[prepared.candidates.need[row]].id
        offer = prepared.columns.instance.offers[prepared.candidates.offer[row]].id
        again = plan(with_known(instance, msgspec.structs.replace(made, pairs=()), need, offer, "pinned"))
        assert what is not None
        assert what.exact
        assert made.objective + what.points >= again.objective


def test_who_holds_a_better_offer_is_told() -> None:
    """The holders of a full offer are the needs paired with it in the plan."""
    prepared = Prepared(authority(134, 1))
    made = plan_of(prepared)
    full = [
        better for one in explanations(prepared, made, 0.0) for better in one.better if better.why == "full"
    ]
    assert full
    for better in full:
        kept = {pair.need for pair in made.pairs if pair.offer == better.offer}
        assert {holder.need for holder in better.held_by} == kept


def test_every_rule_has_its_words() -> None:
    """There are no labels for unknown rules."""
    assert {rule.key for rule in Rule} == set(RULE_WORDS)


def test_a_need_without_a_partner_says_why() -> None:
    """Either no offer suits it, or other needs come first."""
    sentences = {one.sentence for seed in (1, 2, 3) for one in plan(authority(134, seed)).unserved}
    assert any(sentence.startswith("No offer suits: of ") for sentence in sentences)
    assert any("needed more by other schools" in sentence for sentence in sentences)


def test_what_nobody_knows_is_neutral_and_labelled() -> None:
    """A school with no location and no known facts gets neutral scores."""
    instance = authority(40, 2)
    bare = tuple(
        msgspec.structs.replace(
            school, easting=None, northing=None, context=type(school.context)(), consortia=()
        )
        for school in instance.schools
    )
    offers = tuple(
        msgspec.structs.replace(offer, burden_half_days=None, reviews=0, reviews_good=0, shown_to_all=True)
        for offer in instance.offers
    )
    needs = tuple(msgspec.structs.replace(need, shown_to_all=True) for need in instance.needs)
    made = plan(msgspec.structs.replace(instance, schools=bare, offers=offers, needs=needs))
    assert made.pairs
    for pair in made.pairs:
        assert set(pair.score.missing) >= {"track_record", "travel", "context", "locality", "burden"}
        assert pair.score.parts["travel"] == pair.score.parts["locality"] == 500
        assert pair.score.alike_in == ()
        assert pair.miles is None


def test_a_score_says_in_what_two_schools_could_be_compared() -> None:
    """Facts unknown for one of the two schools are left out of the similarity and named."""
    instance = authority(40, 2)
    half_known = tuple(
        msgspec.structs.replace(
            school, context=type(school.context)(pupils=200, fsm_percent=20.0, urban=1.0 if at % 5 else None)
        )
        for at, school in enumerate(instance.schools)
    )
    townish = {school.urn for school in half_known if school.context.urban is not None}
    needs, offers = ({one.id: one.school for one in posts} for posts in (instance.needs, instance.offers))
    made = plan(msgspec.structs.replace(instance, schools=half_known))
    seen = set()
    for pair in made.pairs:
        both = {needs[pair.need], offers[pair.offer]} <= townish
        assert pair.score.alike_in == (("pupils", "fsm", "urban") if both else ("pupils", "fsm"))
        seen.add(both)
    assert seen == {True, False}


def test_few_reviews_count_for_little() -> None:
    """One good review does not beat nine of ten; no reviews score the usual rate."""
    instance = authority(40, 3)
    parts = {}
    for reviews, good in ((0, 0), (1, 1), (10, 9), (40, 0)):
        offers = tuple(
            msgspec.structs.replace(offer, reviews=reviews, reviews_good=good) for offer in instance.offers
        )
        made = plan(msgspec.structs.replace(instance, offers=offers))
        parts[reviews] = {pair.score.parts["track_record"] for pair in made.pairs}
        assert {pair.score.few_reviews for pair in made.pairs} == {reviews == 1}
    assert parts[0] == {700}
    assert 700 < min(parts[1]) < min(parts[10])
    assert max(parts[40]) < 100


def test_a_shortlist_ranks_as_the_plan_scores() -> None:
    """The same candidates and scores, best first."""
    instance = authority(80, 1)
    prepared = Prepared(instance)
    for at, need in enumerate(prepared.columns.instance.needs[:20]):
        listed = shortlist(instance, need.id, most=50)
        rows = np.flatnonzero(prepared.candidates.need == at)
        assert listed.of == len(listed.ranked) == len(rows)
        scores = [ranked.score.score for ranked in listed.ranked]
        assert scores == sorted(prepared.candidates.scored.score[rows].tolist(), reverse=True)
        assert bool(listed.sentence) == (not listed.ranked)


def test_a_shortlist_of_nothing_says_why() -> None:
    """A need without any suitable offer."""
    instance = authority(40, 1)
    odd = msgspec.structs.replace(instance.needs[0], id=UUID(int=7), theme="post_16")
    listed = shortlist(msgspec.structs.replace(instance, needs=(*instance.needs, odd)), odd.id)
    assert listed.ranked == ()
    assert "not strong enough in this one" in listed.sentence
