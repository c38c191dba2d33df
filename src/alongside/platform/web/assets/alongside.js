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

// On a phone the filters of a list are folded until one is set, and the current page is in view in the menu.
if (window.matchMedia('(max-width: 40em)').matches) {
  if (!location.search) for (const fold of document.querySelectorAll('details[data-fold]')) fold.removeAttribute('open')
  document.querySelector('.alongside-navigation [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
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
