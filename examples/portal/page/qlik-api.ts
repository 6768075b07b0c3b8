import { createQlikApi } from '@qlik/api'
import type { ChartLayout } from './chart-layout.ts'
import { elementById } from './element.ts'
import { explainAppRefusal } from './engine-app.ts'
import { enter } from './enter.ts'
import { toCube } from './films.ts'
import { dollars, showNumbers } from './number-table.ts'
import type { PortalConfig } from './portal-config.ts'
import { asStep } from './steps.ts'

async function show(config: PortalConfig): Promise<void> {
  const { url: host, webIntegrationId } = config.qlik
  const properties = toCube('Major Genre', 'Sum([Worldwide Gross])', 50)
  const api = createQlikApi({
    hostConfig: { authType: 'cookie', host, ...(webIntegrationId && { webIntegrationId }) },
  })
  const { data: me } = await api.users.getMyUser()
  const appSession = api.qix.openAppSession({ appId: config.qlik.appId })
  const app = await appSession.getDoc()
  const cube = await app.createSessionObject(properties)
  const layout = await cube.getLayout()
  const facts = { name: me.name, subject: me.subject, email: me.email, status: me.status }
  elementById('me', HTMLElement).replaceChildren(
    ...Object.entries(facts).flatMap(([name, value]) => {
      const term = document.createElement('dt')
      term.textContent = name
      const detail = document.createElement('dd')
      detail.textContent = value ?? '–'
      return [term, detail]
    }),
  )
  showNumbers(layout as ChartLayout, {
    frameId: 'numbers-frame',
    caption: 'US dollars, the highest first',
    format: dollars,
  })
  addEventListener('pagehide', () => void appSession.close())
}

enter(({ qlik, config }) =>
  asStep('engine', () =>
    show(config).catch(async (error: unknown) => {
      throw await explainAppRefusal(qlik, config.qlik.appId, error)
    }),
  ),
)
