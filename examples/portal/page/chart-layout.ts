/** What is read of an object's layout: the numbers of a chart, or what is selected. */
export interface ChartLayout {
  qHyperCube?: {
    qDimensionInfo?: { qFallbackTitle?: string }[]
    qMeasureInfo?: { qFallbackTitle?: string; qError?: { qErrorCode: number; qContext?: string } }[]
    qDataPages?: { qMatrix?: Cell[][] }[]
  }
  qSelectionObject?: { qSelections?: unknown[] }
}

interface Cell {
  qText?: string
  qNum?: number | 'NaN'
}

/** The rows of a chart. */
export function rowsOf(layout: ChartLayout): Cell[][] {
  return (layout.qHyperCube?.qDataPages ?? []).flatMap((page) => page.qMatrix ?? [])
}
