/** Asks again a moment after the last of many events. */
export function later(work: () => void, delayMs = 400): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return () => {
    clearTimeout(timer)
    timer = setTimeout(work, delayMs)
  }
}
