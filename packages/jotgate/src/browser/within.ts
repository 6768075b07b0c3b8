/** Waits for work no longer than `ms`, then for `late`; work that never settles is left behind. */
export async function within<Result, Late>(
  ms: number,
  work: Promise<Result>,
  late: () => Late | Promise<Late>,
): Promise<Result | Late> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return Promise.race([work, over.then(late)]).finally(() => clearTimeout(timer))
}
