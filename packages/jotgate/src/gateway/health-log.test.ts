import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { logHealth } from './health-log.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('tells once that something is away, and once that it is back', () => {
  const lines: string[] = []
  const log = {
    error: (line: string) => lines.push(line),
    info: (line: string) => lines.push(line),
  }
  const [store, audit] = [{ healthy: true }, { healthy: true }]
  const stop = logHealth({ store, audit }, log as unknown as Parameters<typeof logHealth>[1])
  vi.advanceTimersByTime(5000)
  expect(lines).toEqual([])
  audit.healthy = false
  vi.advanceTimersByTime(5000)
  expect(lines).toEqual([expect.stringMatching(/^The audit log cannot be written/)])
  audit.healthy = true
  vi.advanceTimersByTime(5000)
  expect(lines[1]).toMatch(/^The audit log is back/)
  stop()
  store.healthy = false
  vi.advanceTimersByTime(5000)
  expect(lines).toHaveLength(2)
})
