import type { EngineDoc } from '../charts/engine-objects.ts'
import type { SingleQuery } from './single-query.ts'

/** Brings the app into the state that the address asks for: a bookmark, then what it selects. */
export async function applySelections(doc: EngineDoc, query: SingleQuery): Promise<void> {
  if (query.clearsFirst) await doc.clearAll(false)
  if (query.bookmarkId !== undefined) await doc.applyBookmark(query.bookmarkId)
  for (const { field, values } of query.selections) {
    const wanted = values.map((text) => {
      const number = text.trim() === '' ? Number.NaN : Number(text)
      return Number.isNaN(number)
        ? { qText: text }
        : { qText: text, qNumber: number, qIsNumeric: true }
    })
    await (await doc.getField(field)).selectValues(wanted, false, false)
  }
}
