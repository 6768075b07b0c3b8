import { qlikTheme } from './chart-themes.ts'
import { elementById } from './element.ts'
import { enter } from './enter.ts'
import type { PortalConfig } from './portal-config.ts'
import { asStep } from './steps.ts'

async function show(config: PortalConfig): Promise<void> {
  const place = (id: string, attributes: Readonly<Record<string, string>>) => {
    const element = document.createElement('qlik-embed')
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    elementById(id, HTMLElement).replaceChildren(element)
    elementById(id, HTMLElement).classList.remove('is-loading')
  }
  const settings = {
    host: config.qlik.url,
    'auth-type': 'cookie',
    ...(config.qlik.webIntegrationId && {
      'web-integration-id': config.qlik.webIntegrationId,
    }),
    'auto-redirect': 'false',
  }
  for (const [name, content] of Object.entries(settings))
    document.head.append(
      Object.assign(document.createElement('meta'), { name: `qlik-embed-${name}`, content }),
    )
  await import('@qlik/embed-web-components')
  place('embed-object', {
    ui: 'analytics/chart',
    'app-id': config.qlik.appId,
    'object-id': 'movies-by-genre',
    theme: qlikTheme(),
  })
  place('embed-chart', {
    ui: 'analytics/chart',
    'app-id': config.qlik.appId,
    type: 'pie-chart',
    dimensions: '["MPAA Rating"]',
    measures: '["Count([Title])"]',
    theme: qlikTheme(),
  })
}

enter(({ config }) => asStep('engine', () => show(config)))
