import type { QlikConnection } from 'jotgate/browser'
import { qlikTheme } from './chart-themes.ts'
import { onConnectionLost } from './connection-events.ts'
import { elementById } from './element.ts'
import { openApp } from './engine-app.ts'
import { enter } from './enter.ts'
import { filmsMeasure, toDimension } from './films.ts'
import { wholeNumber } from './number-table.ts'
import { asStep } from './steps.ts'

const charts = Promise.all([import('./nebula.ts'), import('./charts.ts')])
charts.catch(() => {})

/** The IDs of what the app's makers put on a sheet. */
const shown = { object: { objectId: 'movies-by-genre' }, sheet: { sheetId: 'movies-overview' } }

// An engine session for this page and its frame alone: other tabs keep their own selections.
const identity = `page-${crypto.randomUUID()}`

function showFrame(qlik: QlikConnection, appId: string, what: keyof typeof shown): void {
  const frame = elementById('qlik-frame', HTMLIFrameElement)
  frame.src = qlik.singleUrl(appId, { ...shown[what], identity, theme: qlikTheme() })
}

enter(async ({ qlik, config }) => {
  const { appId } = config.qlik
  const app = await asStep('engine', () =>
    openApp(qlik, { appId, identity, onLost: onConnectionLost }),
  )
  showFrame(qlik, appId, 'object')
  for (const input of elementById('frame-choice', HTMLFieldSetElement).querySelectorAll('input'))
    input.addEventListener('change', () =>
      showFrame(qlik, appId, input.value === 'sheet' ? 'sheet' : 'object'),
    )
  const [{ createNebula }, { keepNumbers }] = await charts
  const nebula = createNebula(app)
  const [pie] = await Promise.all([
    nebula.draw('chart', { type: 'pie-chart', fields: [toDimension('MPAA Rating'), filmsMeasure] }),
    nebula.showSelections('selections'),
  ])
  await keepNumbers(pie, 'numbers-frame', 'Films by MPAA rating', wholeNumber)
})
