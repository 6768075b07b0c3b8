// A stand-in for Qlik's initial-app-state@v1, which is not public: what `<qlik-initial-selections>` and
// `<qlik-app-open-action>` of @qlik/embed-web-components ask for.
import type { EngineDoc } from '../charts/engine-objects.ts'
import { beginInitialWork } from './initial-work.ts'
import type { AppPlace } from './qlik-main.ts'

interface FieldSelection {
  readonly name: string
  readonly values?: readonly { readonly qText?: string }[]
  readonly search?: { readonly match: string }
}

/** What an app is to be brought into before anything of it is shown. */
export interface InitialAppState {
  readonly clearSelections?: boolean
  readonly fieldSelections?: readonly FieldSelection[]
  readonly bookmarkId?: string
}

async function select(doc: EngineDoc, selection: FieldSelection): Promise<void> {
  const field = await doc.getField(selection.name)
  if (selection.search !== undefined) await field.select(selection.search.match, false, 0)
  else await field.selectValues(selection.values ?? [], false, false)
}

/** Selects once the app is open, before any component of the runtime draws. */
export async function setInitialAppState(place: AppPlace, state: InitialAppState): Promise<void> {
  await beginInitialWork(place, async (doc) => {
    if (state.clearSelections) await doc.clearAll(false)
    if (state.bookmarkId !== undefined) await doc.applyBookmark(state.bookmarkId)
    for (const selection of state.fieldSelections ?? []) await select(doc, selection)
  })
}

/** Calls back once the app is open. */
export async function addOnAppOpenCallback(
  place: AppPlace,
  callback: (props: { app: EngineDoc }) => Promise<void>,
): Promise<void> {
  await beginInitialWork(place, (app) => callback({ app }))
}
