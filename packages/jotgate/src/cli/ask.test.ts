import { PassThrough } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Ask, createAsk } from './ask.ts'

let input: PassThrough
let shown: string
let ask: Ask
beforeEach(() => {
  input = new PassThrough()
  shown = ''
  const output = new PassThrough()
  output.setEncoding('utf8').on('data', (text: string) => {
    shown += text
  })
  ask = createAsk({ input, output })
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

  it.each([
    ['Ctrl+C', '\u0003'],
    ['Ctrl+D', '\u0004'],
  ])('ends with an error at %s', async (_name, key) => {
    const answer = ask('Passphrase: ', true)
    input.write(`TOPSECRET${key === '\u0003' ? key : ''}`)
    // Ctrl+D ends an empty line only.
    if (key !== '\u0003') input.write(`\u0015${key}`)
    await expect(answer).rejects.toMatchObject({ code: 'ERR_CLI_INPUT' })
    expect(shown).toBe('Passphrase: \n')
  })

  it('leaves the input alone between questions', async () => {
    const answer = ask('Name: ', false)
    input.write('Ada\r')
    await answer
    expect(input.isPaused()).toBe(true)
    expect(input.listenerCount('keypress')).toBe(0)
  })
})
