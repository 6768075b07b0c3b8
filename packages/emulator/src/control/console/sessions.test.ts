import { describe, expect, it } from 'vitest'
import { consoleSessionSeconds, createConsoleSessions } from './sessions.ts'

describe('the console’s sessions', () => {
  it('begin with a string that nobody guesses, and end when they are ended', () => {
    const sessions = createConsoleSessions()
    const [one, two] = [sessions.open(), sessions.open()]
    expect(one).toMatch(/^[\w-]{43}$/)
    sessions.end(one)
    expect([sessions.has(one), sessions.has(two), sessions.has('')]).toEqual([false, true, false])
    sessions.endAll()
    expect(sessions.has(two)).toBe(false)
  })

  it('end by themselves', () => {
    let nowMs = 0
    const sessions = createConsoleSessions(() => nowMs)
    const text = sessions.open()
    nowMs = consoleSessionSeconds * 1000 - 1
    expect(sessions.has(text)).toBe(true)
    nowMs += 1
    expect(sessions.has(text)).toBe(false)
  })

  it('are not kept without bound: the oldest go', () => {
    const sessions = createConsoleSessions()
    const texts = Array.from({ length: 101 }, () => sessions.open())
    expect(sessions.has(texts[0] ?? '')).toBe(false)
    expect(sessions.has(texts[1] ?? '')).toBe(true)
    expect(sessions.has(texts[100] ?? '')).toBe(true)
  })
})
