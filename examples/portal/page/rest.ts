import type { QlikConnection } from 'jotgate/browser'
import { elementById } from './element.ts'
import { enter } from './enter.ts'
import type { PortalConfig } from './portal-config.ts'
import { type RestCall, restCalls } from './rest-calls.ts'
import { showEngineNotNeeded } from './steps.ts'

/** The headers that matter and that a browser shows to a page of another origin. */
const headersThatMatter = ['content-type', 'qlik-csrf-token', 'retry-after', 'cache-control']

/** What goes with a request beside what the page says. */
const sentByWay: Readonly<Record<PortalConfig['way'], [string, string][]>> = {
  direct: [
    ['sent: qlik-web-integration-id', 'by jotgate'],
    ['sent: cookie', 'by the browser, unseen by this page'],
  ],
  gateway: [['sent: cookie', 'the gateway’s, by the browser; the gateway adds those of Qlik']],
}

async function callAndShow(
  qlik: QlikConnection,
  { path }: RestCall,
  way: PortalConfig['way'],
): Promise<void> {
  const startedAt = performance.now()
  const response = await qlik.fetch(path, { headers: { accept: 'application/json' } })
  const text = await response.text()
  const time = Math.max(1, Math.round(performance.now() - startedAt))
  const status = document.createElement('p')
  status.className = response.ok ? 'status is-good' : 'status is-bad'
  status.textContent = `${response.status} ${response.statusText}`.trim()
  const request = document.createElement('p')
  request.className = 'request'
  request.textContent = `GET ${path}`
  const note = document.createElement('p')
  note.className = 'card-note'
  note.textContent = `In ${time} ms${response.redirected ? `, after a redirect to ${new URL(response.url).pathname}` : ''}`
  elementById('answer', HTMLElement).replaceChildren(
    request,
    status,
    note,
    factsOf([
      ...sentByWay[way],
      ...headersThatMatter.flatMap((name): [string, string][] => {
        const value = response.headers.get(name)
        return value === null ? [] : [[name, value]]
      }),
    ]),
    codeFrame(toReadable(text)),
  )
}

function factsOf(facts: readonly [string, string][]): HTMLElement {
  const list = document.createElement('dl')
  list.className = 'facts'
  for (const [name, value] of facts) {
    const term = document.createElement('dt')
    term.textContent = name
    const detail = document.createElement('dd')
    detail.textContent = value
    list.append(term, detail)
  }
  return list
}

function codeFrame(text: string): HTMLElement {
  const frame = document.createElement('pre')
  frame.className = 'code-frame tall'
  frame.tabIndex = 0
  frame.setAttribute('role', 'region')
  frame.ariaLabel = 'The body of the answer'
  frame.textContent = text
  return frame
}

function toReadable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text === '' ? '(empty)' : text
  }
}

enter(async ({ qlik, config }) => {
  showEngineNotNeeded()
  const list = elementById('calls', HTMLUListElement)
  const buttons = restCalls(config.qlik.appId).map((call) => {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'call'
    const path = document.createElement('code')
    path.textContent = call.path.replace(config.qlik.appId, '{appId}')
    button.append(call.title, path)
    button.addEventListener('click', () => {
      for (const other of buttons) other.ariaPressed = String(other === button)
      void callAndShow(qlik, call, config.way)
    })
    const item = document.createElement('li')
    item.append(button)
    list.append(item)
    return button
  })
  buttons[0]?.click()
})
