// What a browser with JavaScript does more than one without: never anything that could not be done without it.
import { initAll } from './govuk-frontend.js?v=4e8b95d53d'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()

// A form is sent once: a second press while the first is under way does nothing (the server would know it anyway).
document.addEventListener('submit', (event) => {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute('data-once')) return
  if (form.hasAttribute('data-sending')) event.preventDefault()
  else form.setAttribute('data-sending', '')
})

// Coming back with the browser's own button: the form may be sent again.
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('[data-sending]')) form.removeAttribute('data-sending')
})

// On a phone the filters of a list are folded until one is set.
if (window.matchMedia('(max-width: 40em)').matches) {
  if (!location.search) for (const fold of document.querySelectorAll('details[data-fold]')) fold.removeAttribute('open')
}

// The menu “More” closes with Escape, and when one goes on elsewhere.
const more = document.querySelector('.alongside-navigation__more')
const leave = (event) => { if (more.open && !more.contains(event.target)) more.open = false }
if (more) {
  document.addEventListener('click', leave)
  document.addEventListener('focusin', leave)
  more.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !more.open) return
    more.open = false
    more.querySelector('summary').focus()
  })
}

// Filters apply as they are chosen where only the list is fetched again; elsewhere the button does it.
document.addEventListener('change', (event) => {
  const form = event.target.closest?.('form[data-filters]')
  if (form && window.htmx && event.target.matches('select, [type=checkbox], [type=radio]')) form.requestSubmit()
})

// Where a part of a page was asked for and a whole one came (signed out meanwhile, or an error): go there, never put
// a page into a page. What asks on its own, such as the board's news, then keeps quiet.
document.addEventListener('htmx:before:swap', (event) => {
  const { ctx } = event.detail
  if (!/^\s*<!doctype/i.test(ctx.text ?? '')) return
  event.preventDefault()
  if (ctx.request.method === 'GET' && ctx.sourceElement.matches('a, button, form')) location.assign(ctx.request.action)
})

// A list that was fetched again is announced to those who do not see it change.
document.addEventListener('htmx:after:swap', (event) => {
  const source = event.detail.ctx?.sourceElement
  const place = document.getElementById('announcement')
  if (!place || !source?.matches('form[data-filters]')) return
  const list = document.querySelector(source.getAttribute('hx-target'))
  const rows = list?.querySelectorAll('.alongside-card, tbody tr').length ?? 0
  place.textContent = rows === 0 ? 'Nothing found' : `${rows} shown`
})

// An open page hears at once that there is something new, and requests its parts again: data-live names a part's event.
// Without this the parts are requested now and then.
const liveEvents = new Set([...document.querySelectorAll('[data-live]')].map((part) => part.dataset.live))
if (liveEvents.size && window.EventSource) {
  const source = new EventSource('/live')
  for (const name of liveEvents) {
    source.addEventListener(name, () => {
      for (const part of document.querySelectorAll(`[data-live="${name}"]`)) window.htmx?.trigger(part, 'news')
    })
  }
}

// Shortcuts in lists of work (data-rows): j and k or the arrows go from row to row, x selects, ? shows help. They can be
// switched off (WCAG 2.1.4), and a key that is typed into a field is never one.
const KEEP = 'alongside-shortcuts'
const off = () => { try { return localStorage.getItem(KEEP) === 'off' } catch { return false } }
const rows = () => [...document.querySelectorAll('[data-rows] > li, [data-rows] > tr')]

function goToRow(step) {
  const all = rows()
  const at = all.indexOf(document.activeElement?.closest('[data-rows] > li, [data-rows] > tr'))
  const row = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)]
  row?.querySelector('a[href], button')?.focus()
}

function shortcutsDialog() {
  const template = document.getElementById('shortcuts-help')
  if (!template) return null
  const dialog = template.content.firstElementChild.cloneNode(true)
  const toggle = dialog.querySelector('[data-toggle]')
  const words = () => { toggle.textContent = off() ? 'Switch shortcuts on' : 'Switch shortcuts off' }
  toggle.addEventListener('click', () => { try { localStorage.setItem(KEEP, off() ? 'on' : 'off') } catch { /* not kept */ } words() })
  dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close())
  words()
  document.body.append(dialog)
  return dialog
}

if (rows().length) {
  const dialog = shortcutsDialog()
  const open = document.querySelector('.alongside-shortcuts__open')
  if (open && dialog) {
    open.hidden = false
    open.addEventListener('click', () => dialog.showModal())
  }
  document.addEventListener('keydown', (event) => {
    if (off() || event.ctrlKey || event.altKey || event.metaKey || dialog?.open) return
    if (event.target.closest('input, select, textarea, [contenteditable], summary, iframe')) return
    const row = event.target.closest('[data-rows] > li, [data-rows] > tr')
    const step = { j: 1, k: -1, ...(row && { ArrowDown: 1, ArrowUp: -1 }) }[event.key]
    if (step) goToRow(step)
    else if (event.key === 'x' && row?.querySelector('input[type=checkbox]')) row.querySelector('input[type=checkbox]').click()
    else if (event.key === '?') dialog?.showModal()
    else return
    event.preventDefault()
  })
}
