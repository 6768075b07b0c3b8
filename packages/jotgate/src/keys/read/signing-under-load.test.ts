import { setImmediate } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { cloud, createSigner } from '../../token/index.ts'
import { createKeyPair } from '../create/create-key-pair.ts'
import { readSigningKey } from './read-signing-key.ts'

const deployment = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const user = { subject: '42', name: 'Ada', email: 'ada@acme.example' }

let key: Awaited<ReturnType<typeof readSigningKey>>
beforeAll(async () => {
  const { privateKeyPem } = await createKeyPair({ bits: 2048 })
  key = await readSigningKey({ pem: privateKeyPem })
})

describe('signing under more load than it can serve', () => {
  it('serves as many requests as it accepted, and refuses the others at once', async () => {
    let running = 0
    let most = 0
    const counted = {
      ...key,
      sign: async (bytes: Uint8Array) => {
        running += 1
        most = Math.max(most, running)
        try {
          return await key.sign(bytes)
        } finally {
          running -= 1
        }
      },
    }
    const signer = createSigner({ deployment, key: counted, maxConcurrent: 3, maxQueued: 20 })
    const refusals: unknown[] = []
    const asked = Array.from({ length: 200 }, () =>
      signer.sign(user).catch((error: unknown) => refusals.push(error)),
    )
    await setImmediate()
    // Those beyond the bound know it before the first signature can be ready.
    expect(refusals).toHaveLength(177)
    expect(refusals[0]).toMatchObject({
      code: 'ERR_TOKEN_QUEUE_FULL',
      status: 503,
      details: { retryAfterSeconds: 1 },
    })
    const tokens = (await Promise.all(asked)).filter((each) => typeof each === 'object')
    expect(tokens).toHaveLength(23)
    expect(most).toBe(3)
    expect(new Set(tokens.map(({ jti }) => jti)).size).toBe(23)
  })

  it('makes no signature for requests that were aborted while waiting', async () => {
    let signatures = 0
    const counted = {
      ...key,
      sign: (bytes: Uint8Array) => {
        signatures += 1
        return key.sign(bytes)
      },
    }
    const signer = createSigner({ deployment, key: counted, maxConcurrent: 1 })
    const controller = new AbortController()
    const { signal } = controller
    const first = signer.sign(user)
    const left = Array.from({ length: 50 }, () => signer.sign(user, { signal }))
    const stayed = signer.sign(user)
    controller.abort(new Error('gone'))
    const outcomes = await Promise.allSettled(left)
    expect(
      outcomes.every((each) => each.status === 'rejected' && each.reason.message === 'gone'),
    ).toBe(true)
    await Promise.all([first, stayed])
    expect(signatures).toBe(2)
  })
})
