import { onConnectionLost } from './connection-events.ts'
import { elementById } from './element.ts'
import { type EngineApp, type EngineFrame, openApp } from './engine-app.ts'
import { enter } from './enter.ts'
import { toCube } from './films.ts'
import { anyNumber, showNumbers } from './number-table.ts'
import { asStep } from './steps.ts'

const fields = ['Major Genre', 'MPAA Rating', 'Creative Type', 'Source', 'Distributor', 'Director']
const maxFrames = 40

async function ask(app: EngineApp, field: string, expression: string): Promise<void> {
  const cube = await app.createSessionObject(toCube(field, expression, 50))
  const layout = await cube.getLayout()
  await app.destroySessionObject(cube.id)
  const error = layout.qHyperCube?.qMeasureInfo?.[0]?.qError
  const reason = error?.qContext ? `: ${error.qContext}` : ''
  elementById('ask-problem', HTMLElement).textContent = error
    ? `The engine does not take this expression (qError ${error.qErrorCode})${reason}.`
    : ''
  showNumbers(layout, {
    frameId: 'numbers-frame',
    caption: `${expression} by ${field}, the highest first, 50 rows at most`,
    format: anyNumber,
  })
}

function showFrame({ direction, message }: EngineFrame): void {
  const item = document.createElement('li')
  item.className = `frame is-${direction}`
  const text = JSON.stringify(message)
  const arrow = document.createElement('span')
  arrow.textContent = direction === 'sent' ? '→ ' : '← '
  const code = document.createElement('code')
  code.textContent =
    text.length > 600 ? `${text.slice(0, 600)} … (${text.length} characters)` : text
  item.append(arrow, code)
  const list = elementById('frames', HTMLOListElement)
  list.prepend(item)
  while (list.children.length > maxFrames) list.lastElementChild?.remove()
}

enter(async ({ qlik, config }) => {
  const { appId } = config.qlik
  const app = await asStep('engine', () =>
    openApp(qlik, { appId, onLost: onConnectionLost, onFrame: showFrame }),
  )
  // It scrolls, so the keyboard must reach it.
  elementById('frames', HTMLOListElement).tabIndex = 0
  const dimension = elementById('dimension', HTMLSelectElement)
  dimension.replaceChildren(...fields.map((field) => new Option(field)))
  const measure = elementById('measure', HTMLInputElement)
  const askNow = () =>
    ask(app, dimension.value, measure.value.replace(/^\s*=/, '')).catch((error: unknown) => {
      elementById('ask-problem', HTMLElement).textContent =
        error instanceof Error ? error.message : String(error)
    })
  elementById('ask', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault()
    void askNow()
  })
  await askNow()
})
