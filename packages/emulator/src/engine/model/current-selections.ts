import { type JsonObject, numberAt } from '../json.ts'
import { statesOf } from './calculate.ts'
import type { Doc } from './doc.ts'

/** Up to this many selected values are listed by name. */
const threshold = 6

/** Writes the `qSelectionObject` of a layout: what is selected, field by field. */
export function currentSelections(doc: Doc): JsonObject {
  const { state, back, forward } = doc.selection
  const states = statesOf(doc)
  return {
    qBackCount: back.length,
    qForwardCount: forward.length,
    qSelections: [...state].flatMap(([name, elements]): JsonObject[] => {
      const field = doc.table.field(name)
      if (field === undefined) return []
      const counts = states.stateCounts(field)
      const selected = numberAt(counts, 'qSelected') + numberAt(counts, 'qSelectedExcluded')
      const names = [...elements]
        .sort((left, right) => left - right)
        .map((element) => field.values[element]?.text ?? '')
      const isListed = names.length <= threshold
      return [
        {
          qField: name,
          qReadableName: name,
          qDimensionReferences: [],
          qTotal: field.values.length,
          qSelectedCount: selected,
          qSelected: isListed ? names.join(', ') : `${selected} of ${field.values.length}`,
          qSelectedFieldSelectionInfo: isListed ? names.map((qName) => ({ qName })) : [],
          qNotSelectedFieldSelectionInfo: [],
          qSelectionThreshold: threshold,
          qStateCounts: counts,
          qRangeInfo: [],
          qTextSearch: '',
          qRangeLo: 'NaN',
          qRangeHi: 'NaN',
          qAndMode: false,
          qOneAndOnlyOne: false,
          qLocked: false,
          qIsHidden: false,
          qIsNum: field.tags.includes('$numeric'),
          qSortIndex: 0,
          qGrouping: 'N',
        },
      ]
    }),
  }
}
