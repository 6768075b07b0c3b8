import { pagesOf } from '../../qlik/index.ts'
import type { Call } from '../command.ts'
import type { RestClient } from './rest-client.ts'

/**
 * Writes `{ "data": [ … ] }` with the items of all pages, one a line, while they come: the memory holds
 * one page. What breaks off in the middle is not JSON, so that nobody mistakes it for the whole.
 */
export async function writeAllPages(
  call: Call,
  client: RestClient,
  request: { url: URL; headers: Readonly<Record<string, string>> },
): Promise<void> {
  const { url: first, headers } = request
  const progress = createPageProgress(call)
  const pages = pagesOf(first, async (path) => (await client.call({ path, headers })).json())
  let count = 0
  try {
    for await (const items of pages) {
      const lines = items.map(
        (item, at) => `${count + at === 0 ? '' : ','}\n${JSON.stringify(item)}`,
      )
      const begin = count === 0 && !progress.begun ? '{"data":[' : ''
      count += items.length
      await call.result.write(begin + lines.join(''))
      progress.show(count)
    }
  } finally {
    progress.end()
  }
  await call.result.write('\n]}\n')
}

function createPageProgress({ terminal }: Call) {
  let pages = 0
  return {
    get begun() {
      return pages > 0
    },
    show(items: number) {
      pages += 1
      if (terminal.stderrIsTerminal)
        terminal.showProgress(`${items} items, ${pages} page${pages === 1 ? '' : 's'}`)
    },
    end() {
      if (terminal.stderrIsTerminal) terminal.showProgress('')
    },
  }
}
