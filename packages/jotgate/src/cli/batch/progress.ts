import type { Terminal } from '../terminal.ts'

/** A bar on stderr, when that is a terminal: how much of the file has been read. */
export interface Progress {
  count(source: AsyncIterable<Uint8Array | string>): AsyncIterable<Uint8Array | string>
  show(done: number): void
  end(): void
}

const width = 30

export function createProgress(terminal: Terminal, total: number | undefined): Progress {
  let read = 0
  let shownAt = Number.NEGATIVE_INFINITY
  return {
    async *count(source) {
      for await (const chunk of source) {
        read += chunk.length
        yield chunk
      }
    },
    show(done) {
      const now = performance.now()
      if (!terminal.stderrIsTerminal || now - shownAt < 100) return
      shownAt = now
      const share = total === undefined || total === 0 ? undefined : Math.min(1, read / total)
      terminal.showProgress(share === undefined ? `${done} tokens` : `${bar(share)} ${done} tokens`)
    },
    end() {
      if (terminal.stderrIsTerminal) terminal.showProgress('')
    },
  }
}

function bar(share: number): string {
  const full = Math.round(share * width)
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}] ${Math.round(share * 100)} %`
}
