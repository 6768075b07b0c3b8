import { afterEach, describe, expect, it } from 'vitest'
import { type ScriptedServer, startScriptedServer } from '../../qlik/scripted-server.fixture.ts'
import { runCli } from '../main.ts'
import { memoryTerminal } from '../memory-terminal.fixture.ts'

let server: ScriptedServer
afterEach(() => server.close())

/** Three pages of two items at most, for whoever logs in. */
async function start(pages: unknown[][]) {
  server = await startScriptedServer(({ method, path }) => {
    if (method === 'POST') return { headers: { 'set-cookie': ['a=b', '_csrfToken=c'] }, body: {} }
    const at = Number(new URL(path, server.url).searchParams.get('page') ?? 0)
    const next = at + 1 < pages.length ? { next: { href: `?page=${at + 1}` } } : {}
    return { body: { data: pages[at], links: next } }
  })
}
const walk = async (terminal: ReturnType<typeof memoryTerminal>) => {
  const to = ['--for', 'cloud', '--url', server.url]
  const words = ['request', 'GET', '/api/v1/items', '--all-pages', ...to]
  return runCli(words, terminal)
}
const environment = { JOTGATE_TOKEN: 'a.b.c' }

describe('all pages', () => {
  it('are written one by one, as they come', async () => {
    await start([[{ id: 1 }, { id: 2 }], [], [{ id: 3 }]])
    const written: string[] = []
    const terminal = memoryTerminal({ folder: '.', environment })
    const askedAtWrite: number[] = []
    const watching = {
      ...terminal,
      writeOut: async (text: string | Uint8Array) => {
        written.push(String(text))
        askedAtWrite.push(server.requests.filter(({ method }) => method === 'GET').length)
      },
    }
    expect(await walk(watching)).toBe(0)
    expect(written.join('')).toBe('{"data":[\n{"id":1},\n{"id":2},\n{"id":3}\n]}\n')
    // The first page is out before the second is asked for.
    expect(askedAtWrite.slice(0, 2)).toEqual([1, 2])
  })

  it.each([[[[], []]], [[[], [1]]], [[[1], []]]])(
    'make JSON where some are empty: %j',
    async (pages) => {
      await start(pages)
      const terminal = memoryTerminal({ folder: '.', environment })
      expect(await walk(terminal)).toBe(0)
      expect(JSON.parse(terminal.out)).toEqual({ data: pages.flat() })
      expect(terminal.err).toBe('')
    },
  )

  it('show on a terminal how far they are, and clear that again', async () => {
    await start([[1, 2], [3]])
    const shown: string[] = []
    const terminal = {
      ...memoryTerminal({ folder: '.', environment }),
      stderrIsTerminal: true,
      showProgress: (line: string) => void shown.push(line),
    }
    expect(await walk(terminal)).toBe(0)
    expect(shown).toEqual(['2 items, 1 page', '3 items, 2 pages', ''])
  })
})
