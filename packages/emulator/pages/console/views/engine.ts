import type { LoggedFrame, LoggedSocket } from '../../../src/control/frame-log.ts'
import { button, h, json, replace, timeOf } from '../../element.ts'
import { call, get } from '../api.ts'
import { run, say, type View } from '../view.ts'

const rowLimit = 400
/** Codes that a client treats in ways of their own; the rest stands under Errors. */
const cutCodes: readonly (readonly [number, string])[] = [
  [4003, 'engine terminating: clients resume'],
  [4001, 'idle time-out'],
  [4004, 'app deleted'],
  [4006, 'authentication failed'],
  [4203, 'no permission to open the app'],
  [4205, 'too many requests'],
  [4240, 'no engines available'],
  [1001, 'going away'],
  [1006, 'the line breaks: no close frame'],
]

function pretty(text: string, isCut: boolean): string {
  if (isCut) return `${text}…`
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

/** Engine sockets and their frames. */
export function createEngineView(): View {
  let sockets: LoggedSocket[] = []
  let frames: LoggedFrame[] = []
  const socketSelect = h('select', { id: 'socket' })
  const onlyErrors = h('input', { type: 'checkbox' })
  const list = h('ol', { class: 'frames', 'aria-label': 'Frames, newest first' })
  const count = h('p', { class: 'count', role: 'status' })
  const codeSelect = h(
    'select',
    { id: 'cut-code' },
    ...cutCodes.map(([closeCode, text]) =>
      h('option', { value: closeCode }, `${closeCode} ${text}`),
    ),
  )

  const isWanted = (frame: LoggedFrame) =>
    (socketSelect.value === '' || String(frame.socket) === socketSelect.value) &&
    (!onlyErrors.checked || frame.error !== undefined)

  const toRow = (frame: LoggedFrame) => {
    const { direction, method, id, handle, error, change, bytes, at, socket } = frame
    const details = h('details', {})
    details.append(
      h(
        'summary',
        {},
        h(
          'span',
          { class: 'direction', 'data-kind': direction },
          direction === 'in' ? '→ in' : '← out',
        ),
        h('span', { class: 'path' }, method ?? (id === undefined ? 'notification' : 'answer')),
        h(
          'span',
          { class: 'tags' },
          id !== undefined && h('span', { class: 'tag' }, `id ${id}`),
          handle !== undefined && h('span', { class: 'tag' }, `handle ${handle}`),
          change !== undefined && h('span', { class: 'tag' }, `changed ${change.join(', ')}`),
          error !== undefined &&
            h('span', { class: 'tag', 'data-kind': 'bad' }, `${error.code} ${error.message}`),
          h('span', { class: 'tag' }, `${bytes} B`),
        ),
        h('span', { class: 'time' }, `#${socket} ${timeOf(at)}`),
      ),
    )
    // Drawn when it is opened: most frames never are.
    details.addEventListener('toggle', () => {
      if (details.open && details.childElementCount === 1)
        details.append(json(pretty(frame.text, frame.isCut), `Frame ${frame.number}`))
    })
    return h('li', {}, details)
  }

  const showCount = () => {
    const open = sockets.filter(({ closedAt }) => closedAt === undefined).length
    const shown = list.childElementCount
    count.textContent = `${open} of ${sockets.length} sockets open, ${shown} frames shown`
  }
  const draw = () => {
    replace(list, ...frames.filter(isWanted).slice(-rowLimit).reverse().map(toRow))
    showCount()
  }
  const drawSockets = () => {
    const before = socketSelect.value
    replace(
      socketSelect,
      h('option', { value: '' }, 'All sockets'),
      ...[...sockets].reverse().map((one) => {
        const end = one.closedAt === undefined ? 'open' : `closed ${one.closeCode}`
        return h('option', { value: one.number }, `#${one.number} ${one.appId} (${end})`)
      }),
    )
    socketSelect.value = before
    if (socketSelect.selectedIndex === -1) socketSelect.value = ''
  }
  socketSelect.addEventListener('change', draw)
  onlyErrors.addEventListener('change', draw)

  const refresh = async () => {
    ;({ sockets, frames } = await get<{ sockets: LoggedSocket[]; frames: LoggedFrame[] }>(
      '/engine',
    ))
    drawSockets()
    draw()
  }
  const cut = () =>
    run(async () => {
      const closeCode = Number(codeSelect.value)
      const { cut: number } = await call<{ cut: number }>('POST', '/engine/cut', { closeCode })
      say(number === 0 ? 'No socket was open.' : `${number} cut with ${closeCode}.`)
    })

  return {
    name: 'engine',
    title: 'Engine',
    element: h(
      'section',
      { 'aria-labelledby': 'engine-title' },
      h('h1', { id: 'engine-title' }, 'Engine'),
      h('p', {}, 'What clients and engine say to each other, frame by frame.'),
      h(
        'div',
        { class: 'tools' },
        h('label', { for: 'socket', class: 'unseen' }, 'Socket'),
        socketSelect,
        h('label', { class: 'check' }, onlyErrors, 'Errors only'),
        button('Clear', () => run(() => call<void>('DELETE', '/engine').then(refresh)), {
          class: 'quiet',
        }),
        h('span', { class: 'gap' }),
        h('div', { class: 'pair' }, h('label', { for: 'cut-code' }, 'Cut with'), codeSelect),
        button('Cut every open socket', cut, { class: 'danger' }),
      ),
      count,
      list,
    ),
    refresh,
    onEvent(event) {
      if (event.name === 'socket') {
        const { data } = event
        sockets = [...sockets.filter(({ number }) => number !== data.number), data]
        drawSockets()
        showCount()
      }
      if (event.name !== 'frame' || frames.some(({ number }) => number === event.data.number))
        return
      frames.push(event.data)
      if (frames.length > rowLimit * 4) frames = frames.slice(-rowLimit * 2)
      if (!isWanted(event.data)) return
      list.prepend(toRow(event.data))
      if (list.childElementCount > rowLimit) list.lastElementChild?.remove()
      showCount()
    },
  }
}
