// What a browser with JavaScript does more than one without: never anything that could not be done without it.
import { initAll } from './govuk-frontend.js'

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

// Filters apply as they are chosen; the button stays for keyboards and for those without JavaScript.
document.addEventListener('change', (event) => {
  const form = event.target.closest?.('form[data-filters]')
  if (form && event.target.matches('select')) form.requestSubmit()
})
