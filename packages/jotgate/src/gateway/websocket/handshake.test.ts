import { describe, expect, it } from 'vitest'
import { acceptOf, readChoice, readUpgrade } from './handshake.ts'

const fields: Readonly<Record<string, string>> = {
  connection: 'keep-alive, Upgrade',
  upgrade: 'websocket',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-version': '13',
}

const read = (change: Readonly<Record<string, string | undefined>>) => {
  const all: Readonly<Record<string, string | undefined>> = { ...fields, ...change }
  return readUpgrade({ field: (name) => all[name] })
}

describe('T-W01 the handshake of a client', () => {
  it('gives its key and its offers', () => {
    expect(
      read({ 'sec-websocket-extensions': 'permessage-deflate', 'sec-websocket-protocol': 'a, b' }),
    ).toEqual({
      key: fields['sec-websocket-key'],
      extensions: 'permessage-deflate',
      protocols: 'a, b',
    })
  })

  it.each([
    ['no Upgrade in Connection', { connection: 'keep-alive' }],
    ['a body by length', { 'content-length': '1' }],
    ['a body by chunks', { 'transfer-encoding': 'chunked' }],
    ['no key', { 'sec-websocket-key': undefined }],
    ['two keys', { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==' }],
    ['a key of 15 bytes', { 'sec-websocket-key': Buffer.alloc(15).toString('base64') }],
    ['a key of 17 bytes', { 'sec-websocket-key': Buffer.alloc(17).toString('base64') }],
    ['a key that is not canonical', { 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZR==' }],
    ['a key in base64url', { 'sec-websocket-key': '____________________-w==' }],
  ])('is refused with %s', (_, change) => {
    expect(() => read(change)).toThrow(
      expect.objectContaining({ code: 'ERR_GATEWAY_UPGRADE', status: 400 }),
    )
  })

  it.each(['12', '13, 8', '', undefined])('is refused with version %s: 426', (version) => {
    expect(() => read({ 'sec-websocket-version': version })).toThrow(
      expect.objectContaining({ code: 'ERR_GATEWAY_UPGRADE_VERSION', status: 426 }),
    )
  })

  it('may have an empty body by its length', () => {
    expect(read({ 'content-length': '0' }).key).toBe(fields['sec-websocket-key'])
  })
})

describe('T-W07 the handshake of Qlik', () => {
  const key = 'dGhlIHNhbXBsZSBub25jZQ=='
  const offer = {
    key: 'AAAAAAAAAAAAAAAAAAAAAA==',
    extensions: 'permessage-deflate; client_max_window_bits, x-own',
    protocols: 'first, second',
  }
  const answer = {
    upgrade: 'WebSocket',
    connection: 'upgrade',
    'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  }

  it('has the accept value of RFC 6455, section 1.3', () => {
    expect(acceptOf(key)).toBe(answer['sec-websocket-accept'])
    expect(readChoice(answer, key, offer)).toEqual({ extensions: undefined, protocol: undefined })
  })

  it('chooses of what was offered', () => {
    const extensions = 'permessage-deflate; server_no_context_takeover'
    const chosen = {
      ...answer,
      'sec-websocket-extensions': extensions,
      'sec-websocket-protocol': 'second',
    }
    expect(readChoice(chosen, key, offer)).toEqual({ extensions, protocol: 'second' })
  })

  it.each([
    ['the client’s key', { 'sec-websocket-accept': acceptOf(offer.key) }],
    ['no accept value', { 'sec-websocket-accept': undefined }],
    ['another Upgrade', { upgrade: 'h2c' }],
    ['no Upgrade in Connection', { connection: 'keep-alive' }],
    ['an extension that was not offered', { 'sec-websocket-extensions': 'x-own, x-other' }],
    ['a subprotocol that was not offered', { 'sec-websocket-protocol': 'third' }],
    ['two subprotocols', { 'sec-websocket-protocol': 'first, second' }],
  ])('is refused with %s', (_, change) => {
    expect(readChoice({ ...answer, ...change }, key, offer)).toHaveProperty('problem')
  })

  it('may choose nothing where nothing was offered', () => {
    const none = { key, extensions: undefined, protocols: undefined }
    for (const [name, value] of [
      ['sec-websocket-extensions', 'x-own'],
      ['sec-websocket-protocol', 'first'],
      ['sec-websocket-protocol', ''],
    ] as const)
      expect(readChoice({ ...answer, [name]: value }, key, none)).toHaveProperty('problem')
  })
})
