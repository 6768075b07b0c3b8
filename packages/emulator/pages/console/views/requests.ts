import type { RecordedRequest } from '../../../src/control/recorder.ts'
import { button, h, replace, timeOf } from '../../element.ts'
import { call, get } from '../api.ts'
import { run, say, type View } from '../view.ts'
import { showRequest } from './request-detail.ts'
import type { ShownRequest } from './shown-request.ts'

/** More rows than anybody reads make the page slow. */
const rowLimit = 500

function kindOf({ status, closeCode }: RecordedRequest): string {
  if (closeCode !== undefined) return 'bad'
  if (status >= 500) return 'bad'
  return status >= 400 ? 'warn' : status >= 300 ? 'note' : 'good'
}

/** The live list of requests, and all about the chosen one. */
export function createRequestsView(): View {
  let requests: ShownRequest[] = []
  let chosen: number | undefined
  const list = h('ul', { class: 'rows', 'aria-label': 'Requests, newest first' })
  const detail = h('section', { class: 'detail', 'aria-label': 'The chosen request' })
  const filter = h('input', { id: 'request-filter', type: 'search', placeholder: '/login' })
  const onlyRefused = h('input', { id: 'only-refused', type: 'checkbox' })
  const count = h('p', { class: 'count', role: 'status' })

  const isWanted = (request: ShownRequest) =>
    request.path.includes(filter.value.trim()) &&
    (!onlyRefused.checked || request.status >= 400 || request.closeCode !== undefined)

  const choose = (request: ShownRequest) => {
    chosen = request.number
    for (const row of list.querySelectorAll('button'))
      row.toggleAttribute('aria-current', row.dataset.number === String(chosen))
    replace(detail, showRequest(request))
  }
  /** Where the detail stands below a long list, it would open unseen. */
  const show = (request: ShownRequest) => {
    choose(request)
    if (matchMedia('(max-width: 70rem)').matches) detail.scrollIntoView({ block: 'start' })
  }

  const toRow = (request: ShownRequest) => {
    const { number, method, path, status, closeCode, at, caller, fault, isExample, token } = request
    const row = h(
      'button',
      { type: 'button', 'data-number': number, onclick: () => show(request) },
      h('span', { class: 'chip', 'data-kind': kindOf(request) }, closeCode ?? status),
      h('span', { class: 'method' }, method),
      h('span', { class: 'path' }, path),
      h(
        'span',
        { class: 'tags' },
        token !== undefined && h('span', { class: 'tag' }, token.accepted ? 'token ✓' : 'token ✕'),
        fault !== undefined && h('span', { class: 'tag', 'data-kind': 'bad' }, 'fault'),
        isExample && h('span', { class: 'tag' }, 'example'),
        caller !== 'nobody' && h('span', { class: 'tag' }, caller),
      ),
      h('span', { class: 'time' }, timeOf(at)),
    )
    row.toggleAttribute('aria-current', number === chosen)
    return h('li', {}, row)
  }

  const showCount = () => {
    count.textContent =
      list.childElementCount === 0
        ? 'No request yet. They appear here as they come.'
        : `${list.childElementCount} shown`
  }
  const draw = () => {
    const wanted = requests.filter(isWanted).slice(-rowLimit).reverse()
    replace(list, ...wanted.map(toRow))
    showCount()
  }
  filter.addEventListener('input', draw)
  onlyRefused.addEventListener('change', draw)

  // Up and down go through the list, as in a list box; Tab leaves it.
  list.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    const rows = [...list.querySelectorAll('button')]
    const at = rows.indexOf(document.activeElement as HTMLButtonElement)
    const next = rows[event.key === 'ArrowDown' ? at + 1 : at - 1]
    if (at === -1 || next === undefined) return
    event.preventDefault()
    next.focus()
    next.click()
  })

  const nothingChosen = () =>
    replace(
      detail,
      h('p', { class: 'empty' }, 'Choose a request to see its token checked rule by rule.'),
    )
  nothingChosen()
  const clear = () =>
    run(async () => {
      await call('DELETE', '/requests')
      requests = []
      chosen = undefined
      nothingChosen()
      draw()
      say('The list is empty again.')
    })

  return {
    name: 'requests',
    title: 'Requests',
    element: h(
      'div',
      { class: 'split' },
      h(
        'section',
        { class: 'side', 'aria-labelledby': 'requests-title' },
        h('h1', { id: 'requests-title' }, 'Requests'),
        h(
          'div',
          { class: 'tools' },
          h('label', { for: 'request-filter', class: 'unseen' }, 'Path contains'),
          filter,
          h('label', { class: 'check' }, onlyRefused, 'Refused only'),
          button('Clear', clear, { class: 'quiet' }),
        ),
        count,
        list,
      ),
      detail,
    ),
    async refresh() {
      requests = (await get<{ requests: ShownRequest[] }>('/requests')).requests
      draw()
      const again = requests.find(({ number }) => number === chosen)
      if (again === undefined) nothingChosen()
    },
    onEvent(event) {
      if (event.name !== 'request') return
      // A refresh may have brought it already.
      if (requests.some(({ number }) => number === event.data.number)) return
      requests.push(event.data)
      if (requests.length > rowLimit * 4) requests = requests.slice(-rowLimit * 2)
      if (!isWanted(event.data)) return
      list.prepend(toRow(event.data))
      if (list.childElementCount > rowLimit) list.lastElementChild?.remove()
      showCount()
    },
  }
}
