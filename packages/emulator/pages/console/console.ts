import { h } from '../element.ts'
import { checkSession, forgetKey, get, giveKey, hasSession, onKeyWanted } from './api.ts'
import { createRulesView } from './client-managed/rules.ts'
import { createSitePeopleView } from './client-managed/site-people.ts'
import { createVirtualProxiesView } from './client-managed/virtual-proxies.ts'
import { createPeopleView } from './cloud/people.ts'
import { createSetUpView } from './cloud/set-up.ts'
import { openKeyDialog } from './key-dialog.ts'
import { type ConsoleEvent, onNotice, run, say, type View } from './view.ts'
import { createDataView } from './views/data.ts'
import { createEngineView } from './views/engine.ts'
import { createErrorsView } from './views/errors.ts'
import { createFaultsView } from './views/faults.ts'
import { createRequestsView } from './views/requests.ts'

function part(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`the page lacks #${id}`)
  return element
}

/** The views of one product alone, by its name. */
const productViews: Readonly<Record<string, () => readonly View[]>> = {
  cloud: () => [createSetUpView(), createPeopleView()],
  'client-managed': () => [createVirtualProxiesView(), createSitePeopleView(), createRulesView()],
}

const about = await fetch('/_emulator', { headers: { accept: 'application/json' } })
const { products } = (await about.json()) as { products: readonly string[] }
const views: readonly View[] = [
  createRequestsView(),
  createEngineView(),
  ...products.flatMap((name) => productViews[name]?.() ?? []),
  createDataView(),
  createFaultsView(),
  createErrorsView(),
]
const [firstView] = views
const holder = part('view')
const links = new Map<View, HTMLAnchorElement>()
let shown: View | undefined

/** Shows the view that the address names. */
function showView(): void {
  if (location.hash === '#view') return
  const name = location.hash.replace(/^#\/?/, '')
  const view = views.find((one) => one.name === name) ?? firstView
  if (view === undefined || view === shown) return
  const isFirst = shown === undefined
  shown = view
  holder.replaceChildren(view.element)
  for (const [one, link] of links)
    if (one === view) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  document.title = `${view.title} · jotgate-emulator`
  links.get(view)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  // Who chose a view by keyboard goes on from its beginning.
  if (!isFirst) holder.focus({ preventScroll: true })
  run(() => view.refresh())
}

const list = h('ul')
for (const view of views) {
  const link = h('a', { href: `#/${view.name}` }, view.title)
  links.set(view, link)
  list.append(h('li', {}, link))
}
part('tabs').append(list)

const toast = part('toast')
let toastTimer: ReturnType<typeof setTimeout> | undefined
onNotice((text, kind) => {
  toast.hidden = false
  toast.textContent = text
  toast.dataset.kind = kind
  clearTimeout(toastTimer)
  toastTimer = setTimeout(() => {
    toast.hidden = true
  }, 8000)
})

const keyButton = part('key-button')
function showKeyState(): void {
  keyButton.textContent = hasSession() ? 'Forget the key' : 'Enter the key'
}
onKeyWanted(async () => {
  const given = await openKeyDialog(giveKey)
  showKeyState()
  return given
})
keyButton.addEventListener('click', () =>
  run(async () => {
    if (hasSession()) {
      await forgetKey()
      say('The key is forgotten: from now on this page is read-only.')
    } else await openKeyDialog(giveKey)
    showKeyState()
  }),
)

const clock = part('clock')
let clockOffsetMs = 0
let isClockRunning = true
async function readClock(): Promise<void> {
  const { now } = await get<{ now: string }>('/clock')
  const { now: later } = await get<{ now: string }>('/clock')
  clockOffsetMs = Date.parse(later) - Date.now()
  isClockRunning = later !== now || Math.abs(clockOffsetMs) < 2000
  showClock()
}
function showClock(): void {
  if (!isClockRunning && clock.textContent?.includes('stopped')) return
  const text = new Date(Date.now() + clockOffsetMs).toISOString()
  clock.setAttribute('datetime', text)
  clock.textContent = `${text.slice(0, 19).replace('T', ' ')} UTC${isClockRunning ? '' : ' (stopped)'}`
}
setInterval(() => {
  if (isClockRunning) showClock()
}, 1000)

const live = part('live')
function setLive(isLive: boolean): void {
  live.textContent = isLive ? 'Live' : 'Not connected'
  live.dataset.kind = isLive ? 'good' : 'bad'
}

/** Follows the stream; after a gap everything is asked for again. */
function follow(): void {
  const source = new EventSource('/_emulator/api/events')
  let wasOpen = false
  source.addEventListener('open', () => {
    setLive(true)
    if (wasOpen) run(async () => shown?.refresh())
    wasOpen = true
    run(readClock)
  })
  source.addEventListener('error', () => {
    setLive(false)
    // A server that is gone for good ends the stream; it may be started again.
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 2000)
  })
  for (const name of ['request', 'socket', 'frame', 'changed', 'reset'] as const)
    source.addEventListener(name, ({ data }: MessageEvent<string>) => {
      const event = { name, data: JSON.parse(data) } as ConsoleEvent
      if (name === 'changed' || name === 'reset') run(readClock)
      for (const view of views) view.onEvent?.(event)
      if (name === 'reset') run(async () => shown?.refresh())
    })
}

async function begin(): Promise<void> {
  const key = /^#key=(.+)$/.exec(location.hash)?.[1]
  if (key !== undefined) {
    // Out of the address and the history before anything else.
    history.replaceState(null, '', `${location.pathname}#/requests`)
    if (!(await giveKey(decodeURIComponent(key))))
      throw new Error('The key in the address belongs to another emulator')
  } else await checkSession()
}

window.addEventListener('hashchange', showView)
run(async () => {
  try {
    await begin()
  } finally {
    showKeyState()
    showView()
    follow()
  }
})
