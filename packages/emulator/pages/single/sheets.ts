import type { EngineDoc } from '../charts/engine-objects.ts'
import { textOf } from '../charts/engine-objects.ts'
import { h } from '../element.ts'
import type { PagePlace } from '../page-data.ts'

interface Sheet {
  readonly id: string
  readonly title: string
}

/** The sheets of an app, in the app's order. */
export async function listSheets(doc: EngineDoc): Promise<Sheet[]> {
  const entries = await doc.getObjects({ qTypes: ['sheet'] })
  return entries.flatMap(({ qInfo, qMeta }) =>
    qInfo?.qId === undefined ? [] : [{ id: qInfo.qId, title: textOf(qMeta?.title) || qInfo.qId }],
  )
}

/** Shows the way to the other sheets, and to the hub where there is one. */
export function showSheetLinks(
  element: HTMLElement,
  options: { place: PagePlace; appId: string; sheets: readonly Sheet[]; sheetId?: string },
): void {
  const { place, appId, sheets, sheetId } = options
  const hub = place.hubPath === undefined ? [] : [h('a', { href: place.hubPath }, 'Hub')]
  const app = `${place.base}/sense/app/${encodeURIComponent(appId)}`
  const links = sheets.map(({ id, title }) =>
    h(
      'a',
      {
        href: `${app}/sheet/${encodeURIComponent(id)}/state/analysis`,
        ...(id === sheetId ? { 'aria-current': 'page' } : {}),
      },
      title,
    ),
  )
  // A lone sheet needs no way to itself.
  const shown = sheets.length > 1 || hub.length > 0 ? [...hub, ...links] : []
  element.replaceChildren(...shown)
  element.hidden = shown.length === 0
}
