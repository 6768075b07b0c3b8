import type { AppPlace } from './qlik-main.ts'

/** What a `<qlik-embed>` asks for, as @qlik/embed-web-components 1.6.0 reads it from its attributes. */
export interface EmbedProps {
  readonly hostConfig?: unknown
  readonly ui?: string
  readonly appId?: string
  readonly identity?: string
  readonly objectId?: string
  readonly sheetId?: string
  readonly type?: string
  readonly dimensions?: unknown
  readonly measures?: unknown
  readonly properties?: unknown
  readonly theme?: string
  readonly exposeRefApi?: (api: unknown) => void
}

/** What is to be drawn, or why it is not. */
export type EmbedTask = { readonly place: AppPlace } & (
  | { readonly kind: 'object'; readonly objectId: string }
  | {
      readonly kind: 'ad-hoc'
      readonly type: string
      readonly fields: readonly unknown[]
      readonly properties: object
    }
  | { readonly kind: 'sheet'; readonly sheetId: string }
  | { readonly kind: 'selections' }
)

/** Said in the component's place. */
export interface EmbedRefusal {
  readonly title: string
  readonly detail: string
}

const known = ['analytics/chart', 'analytics/sheet', 'analytics/selections']

/** nebula.js takes a string for a measure only when it starts with `=`; qlik-embed's measures come without. */
function toMeasure(measure: unknown): unknown {
  return typeof measure === 'string' && !measure.startsWith('=') ? `=${measure}` : measure
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Reads what a component asks for. */
export function toEmbedTask(props: EmbedProps): EmbedTask | EmbedRefusal {
  const { ui = '', appId, identity, hostConfig, objectId, sheetId, type } = props
  if (!known.includes(ui))
    return {
      title: `${ui || 'A component without ui'} is not in the emulator`,
      detail: `Qlik's own embed runtime is not public. The emulator stands in for ${known.join(', ')}.`,
    }
  if (!appId) return { title: 'No app is named', detail: 'Give the attribute app-id.' }
  const place = { appId, hostConfig, ...(identity ? { identity } : {}) }
  if (ui === 'analytics/selections') return { kind: 'selections', place }
  if (ui === 'analytics/sheet') {
    // Early samples name the sheet by object-id.
    const id = sheetId || objectId
    if (id) return { kind: 'sheet', place, sheetId: id }
    return { title: 'No sheet is named', detail: 'Give the attribute sheet-id.' }
  }
  if (objectId) return { kind: 'object', place, objectId }
  if (!type)
    return { title: 'No object is named', detail: 'Give the attribute object-id, or type.' }
  const fields = [...listOf(props.dimensions), ...listOf(props.measures).map(toMeasure)]
  const properties =
    typeof props.properties === 'object' && props.properties !== null ? props.properties : {}
  return { kind: 'ad-hoc', place, type, fields, properties }
}

/** The same text for the same drawing: whether a change of attributes calls for another. */
export function keyOf(props: EmbedProps): string {
  return JSON.stringify([toEmbedTask(props), props.theme])
}
