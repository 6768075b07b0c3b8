/** What is read of a chart's layout: the numbers that the engine gave it. */
export interface ChartLayout {
  qHyperCube?: {
    qDimensionInfo?: { qFallbackTitle?: string }[]
    qMeasureInfo?: { qFallbackTitle?: string; qError?: { qErrorCode: number } }[]
    qDataPages?: { qMatrix?: Cell[][] }[]
  }
}

interface Cell {
  qText?: string
  qNum?: number | 'NaN'
}

/** The rows of a chart. */
export function rowsOf(layout: ChartLayout): Cell[][] {
  return (layout.qHyperCube?.qDataPages ?? []).flatMap((page) => page.qMatrix ?? [])
}
