import { createHook } from 'node:async_hooks'

/**
 * How many jobs of a kind Node's crypto gives to the thread pool while an action runs.
 *
 * A job of the pool cannot hold the event loop. Counting jobs tells that for certain; counting the
 * loop's turns meanwhile would tell how quick the machine is and what else it does. A job that Node
 * does at once is begun too, yet it never comes back from the pool, so those that do are counted.
 */
export async function poolJobsOf(
  kind: 'SIGNREQUEST' | 'KEYPAIRGENREQUEST',
  action: () => Promise<unknown>,
): Promise<number> {
  const begun = new Set<number>()
  const back = new Set<number>()
  const hook = createHook({
    init(id, type) {
      if (type === kind) begun.add(id)
    },
    before(id) {
      if (begun.has(id)) back.add(id)
    },
  }).enable()
  try {
    await action()
    return back.size
  } finally {
    hook.disable()
  }
}
