import { PassThrough } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Ask, createAsk } from './ask.ts'
import { interrupted } from './interruption.ts'

let input: PassThrough
let shown: string
let ask: Ask
let interruption: AbortController
beforeEach(() => {
  input = new PassThrough()
  shown = ''
  const output = new PassThrough()
  output.setEncoding('utf8').on('data', (text: string) => {
    shown += text
  })
  interruption = new AbortController()
  ask = createAsk({ input, output, signal: interruption.signal })
})

/** Without what moves the cursor. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the codes of a terminal
const words = () => shown.replaceAll(/\u001b\[[0-9;]*[A-Za-z]/g, '').replaceAll('\r', '')

describe('asking', () => {
  it('gives what was typed, and shows it', async () => {
    const answer = ask('Name: ', false)
    input.write('Ada\r')
    expect(await answer).toBe('Ada')
    expect(words()).toBe('Name: Ada\n')
  })

  it('never shows a secret', async () => {
    const answer = ask('Passphrase: ', true)
    input.write('correct')
    input.write(' horse\r')
    expect(await answer).toBe('correct horse')
    expect(shown).toBe('Passphrase: \n')
  })

  it('keeps the lines that were pasted with an answer for the questions that follow', async () => {
    const first = ask('Product: ', false)
    input.write('cloud\rhttps://acme.example\r\nacme.ex')
    expect(await first).toBe('cloud')
    expect(await ask('Address: ', false)).toBe('https://acme.example')
    const last = ask('Issuer: ', false)
    input.write('ample\n')
    expect(await last).toBe('acme.example')
    expect(words()).toBe('Product: cloud\nAddress: https://acme.example\nIssuer: acme.example\n')
  })

  it('does not show a secret that was pasted ahead', async () => {
    const first = ask('Name: ', false)
    input.write('Ada\rTOPSECRET\rTOPSE')
    await first
    expect(await ask('Passphrase: ', true)).toBe('TOPSECRET')
    const again = ask('Once more: ', true)
    input.write('CRET\r')
    expect(await again).toBe('TOPSECRET')
    expect(words()).toBe('Name: Ada\nPassphrase: \nOnce more: \n')
  })

  it('ends with an error at Ctrl+D', async () => {
    const answer = ask('Passphrase: ', true)
    input.write('TOPSECRET')
    // Ctrl+D ends an empty line only.
    input.write('\u0015\u0004')
    await expect(answer).rejects.toMatchObject({ code: 'ERR_CLI_INPUT' })
    expect(shown).toBe('Passphrase: \n')
  })

  it.each([true, false])('is interrupted by Ctrl+C (secret: %s)', async (secret) => {
    const answer = ask('Question: ', secret)
    input.write('TOP\u0003')
    await expect(answer).rejects.toBe(interrupted)
    expect(words()).toBe(secret ? 'Question: \n' : 'Question: TOP\n')
  })

  it('is interrupted by a signal, and gives the terminal back', async () => {
    const answer = ask('Name: ', false)
    interruption.abort('SIGTERM')
    await expect(answer).rejects.toBe(interrupted)
    expect(input.listenerCount('keypress')).toBe(0)
  })

  it('leaves the input alone between questions', async () => {
    const answer = ask('Name: ', false)
    input.write('Ada\r')
    await answer
    expect(input.isPaused()).toBe(true)
    expect(input.listenerCount('keypress')).toBe(0)
  })
})
