/**
 * A computation that can pause: each `yield` is a place where it may wait while others are served. State
 * that it reads must not change meanwhile, which the queue of its session sees to.
 */
export type Steps<Result> = Generator<undefined, Result, undefined>

/** So long may a computation hold the event loop at a stretch, in milliseconds. */
const sliceMs = 20

/** Runs a computation to its end without a pause. */
export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/**
 * Runs a computation in slices of 20 ms, and serves the event loop between them. What is done within the
 * first slice is handed over at once.
 *
 * @param options.onResult gets what the computation returns
 * @param options.isWanted asked between slices; the computation is dropped when nobody waits for it
 * @param options.onDropped called in place of `onResult` then
 */
export function runInSlices<Result>(
  steps: Steps<Result>,
  options: {
    onResult: (result: Result) => void
    isWanted: () => boolean
    onDropped: () => void
  },
): void {
  const end = performance.now() + sliceMs
  for (;;) {
    const step = steps.next()
    if (step.done === true) {
      options.onResult(step.value)
      return
    }
    if (performance.now() >= end) break
  }
  setImmediate(() => {
    if (options.isWanted()) runInSlices(steps, options)
    else options.onDropped()
  })
}

/** How many items are sorted or merged between two pauses. */
const chunkSize = 4_096

/** Sorts by merging, with pauses: `Array.sort` of 200,000 texts would hold the loop for a second. */
export function* sortInSteps(
  items: Int32Array,
  compare: (left: number, right: number) => number,
): Steps<Int32Array> {
  let runs: Int32Array[] = []
  for (let start = 0; start < items.length; start += chunkSize) {
    runs.push(items.slice(start, start + chunkSize).sort(compare))
    yield
  }
  while (runs.length > 1) {
    const merged: Int32Array[] = []
    for (let index = 0; index < runs.length; index += 2) {
      const [left, right] = [runs[index], runs[index + 1]]
      if (left === undefined) continue
      merged.push(right === undefined ? left : yield* mergeInSteps(left, right, compare))
    }
    runs = merged
  }
  return runs[0] ?? items
}

function* mergeInSteps(
  left: Int32Array,
  right: Int32Array,
  compare: (left: number, right: number) => number,
): Steps<Int32Array> {
  const merged = new Int32Array(left.length + right.length)
  let fromLeft = 0
  let fromRight = 0
  for (let index = 0; index < merged.length; index += 1) {
    if (index % chunkSize === 0) yield
    const isLeftNext =
      fromRight === right.length ||
      (fromLeft < left.length && compare(left[fromLeft] ?? 0, right[fromRight] ?? 0) <= 0)
    if (isLeftNext) {
      merged[index] = left[fromLeft] ?? 0
      fromLeft += 1
    } else {
      merged[index] = right[fromRight] ?? 0
      fromRight += 1
    }
  }
  return merged
}
