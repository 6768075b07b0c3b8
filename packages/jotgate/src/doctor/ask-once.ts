/** Asks once, and gives the same answer, or the same error, to every check. */
export function askOnce<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let answer: Promise<Value> | undefined
  return () => {
    answer ??= read()
    return answer
  }
}
