import type {
  DocumentedClose,
  DocumentedError,
  ErrorCatalogue,
} from '../../../src/control/faults/error-catalogue.ts'
import type { ShownError } from '../../../src/control/product.ts'
import { button, h, json, replace } from '../../element.ts'
import { call, get } from '../api.ts'
import { run, say, type View } from '../view.ts'

function explain(cause: string, advice: string, source: string): HTMLElement[] {
  return [
    h('p', {}, h('strong', {}, 'When: '), cause),
    h('p', {}, h('strong', {}, 'What to do: '), advice),
    h('p', { class: 'hint' }, `Source: ${source}`),
  ]
}

function showAnswer(
  result: HTMLElement,
  { method, path, by, status, retryAfter, body }: ShownError,
): void {
  replace(
    result,
    h(
      'p',
      {},
      `${method} ${path} was answered `,
      h('strong', {}, status),
      retryAfter === undefined ? '' : `, retry-after: ${retryAfter}`,
      by === 'rules' ? ', by its own rules:' : ', by a fault:',
    ),
    json(body, 'The answer'),
  )
}

/** Opens an engine socket from this page and tells how it was closed. */
function watchClose(): Promise<{ code: number; reason: string; frames: string[] }> {
  const url = new URL('/app/console-example', location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const frames: string[] = []
  const socket = new WebSocket(url)
  socket.addEventListener('message', ({ data }) => frames.push(String(data)))
  return new Promise((resolve) => {
    socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason, frames }))
  })
}

function errorCard(error: DocumentedError): HTMLElement {
  const { id, code, title, detail, status, cause, advice, source, certainty, method, path } = error
  const result = h('div', { class: 'result', role: 'status', 'data-error': id })
  const name = `${code} ${detail ?? title}`
  return h(
    'li',
    { class: 'card' },
    h('h3', {}, h('span', { class: 'chip', 'data-kind': 'warn' }, status), ` ${code}`),
    h('p', { class: 'said' }, title),
    detail !== undefined && h('p', { class: 'said' }, detail),
    ...explain(cause, advice, `${source}${certainty === 'documented' ? '' : ` (${certainty})`}`),
    h(
      'div',
      { class: 'actions' },
      button(
        'Show it',
        () =>
          run(async () => showAnswer(result, await call<ShownError>('POST', `/errors/${id}/show`))),
        { 'aria-label': `Show it: ${name}` },
      ),
      button(
        'Give it to the next request',
        () =>
          run(async () => {
            await call('POST', `/errors/${id}/arm`)
            say(`The next ${method} ${path} is answered so, once. It stands under Faults.`)
          }),
        { class: 'quiet', 'aria-label': `Give it to the next request: ${name}` },
      ),
    ),
    result,
  )
}

function closeCard(close: DocumentedClose): HTMLElement {
  const { id, closeCode, text, notification, cause, advice, source } = close
  const name = notification === undefined ? String(closeCode) : `${closeCode} ${notification}`
  const result = h('div', { class: 'result', role: 'status', 'data-error': id })
  const produce = () =>
    run(async () => {
      await call('POST', `/errors/${id}/arm`)
      const { code, reason, frames } = await watchClose()
      replace(
        result,
        h(
          'p',
          {},
          'The socket was closed with ',
          h('strong', {}, code),
          reason === '' ? ' and no text.' : `: ${reason}`,
        ),
        frames.length > 0 && json(frames.join('\n'), 'What the engine said before'),
      )
    })
  return h(
    'li',
    { class: 'card' },
    h('h3', {}, h('span', { class: 'chip', 'data-kind': 'bad' }, closeCode)),
    notification !== undefined && h('p', { class: 'said' }, notification),
    text !== '' && h('p', { class: 'said' }, text),
    ...explain(cause, advice, source),
    h(
      'div',
      { class: 'actions' },
      button('Show it', produce, { 'aria-label': `Show it: close code ${name}` }),
      button(
        'Give it to the next engine socket',
        () =>
          run(async () => {
            await call('POST', `/errors/${id}/arm`)
            say(`The next engine socket is closed with ${closeCode}, once.`)
          }),
        { class: 'quiet', 'aria-label': `Give it to the next engine socket: ${name}` },
      ),
    ),
    result,
  )
}

/** Every documented error, with a button that produces it. */
export function createErrorsView(): View {
  const errors = h('ul', { class: 'cards' })
  const closes = h('ul', { class: 'cards' })
  const others = h('ul', { class: 'cards' })
  return {
    name: 'errors',
    title: 'Errors',
    element: h(
      'section',
      { 'aria-labelledby': 'errors-title' },
      h('h1', { id: 'errors-title' }, 'Errors'),
      h(
        'p',
        {},
        'Every error text that public material shows. “Show it” sends a prepared request to a separate tenant or server: yours is not touched. “Give it to the next request” lets your own application get it.',
      ),
      h('h2', {}, 'Answers over HTTP'),
      errors,
      h('h2', {}, 'Close codes of the engine'),
      closes,
      h('h2', {}, 'Shown by browsers and clients, sent by no server'),
      others,
    ),
    async refresh() {
      // It does not change, and what was shown stays.
      if (errors.childElementCount > 0) return
      const catalogue = await get<ErrorCatalogue>('/errors')
      replace(errors, ...catalogue.errors.map(errorCard))
      replace(closes, ...catalogue.closes.map(closeCard))
      replace(
        others,
        ...catalogue.clientTexts.map(({ text, who, cause, advice }) =>
          h(
            'li',
            { class: 'card' },
            h('h3', {}, who),
            h('p', { class: 'said' }, text),
            ...explain(cause, advice, who),
          ),
        ),
      )
    },
  }
}
