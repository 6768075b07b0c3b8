import jsonwebtoken from 'jsonwebtoken'
import { expect, it } from 'vitest'
import { createKeyPair, readSigningKey } from '../../keys/index.ts'
import { cloud } from '../../token/index.ts'
import { createReplaceableSigner } from './replaceable-signer.ts'

const deployment = cloud({ url: 'https://acme.eu.qlikcloud.com', issuer: 'acme.example' })
const ada = { subject: 'ada', name: 'Ada', email: 'ada@acme.example', emailVerified: true }

async function makeKey(kid: string, alg: 'RS256' | 'RS512' = 'RS256') {
  const { privateKeyPem, publicKeyPem } = await createKeyPair({ bits: 2048 })
  return { key: await readSigningKey({ pem: privateKeyPem, kid, alg }), publicKeyPem }
}

it('signs with either key while it is replaced again and again, and loses no token', async () => {
  const [one, two] = [await makeKey('one'), await makeKey('two')]
  const publicKeys = new Map([
    ['one', one.publicKeyPem],
    ['two', two.publicKeyPem],
  ])
  const signer = createReplaceableSigner({ deployment, key: one.key })
  const signing: Promise<{ token: string }>[] = []
  for (let turn = 0; turn < 100; turn += 1) {
    signing.push(signer.sign(ada), signer.sign(ada))
    signer.replaceKey(turn % 2 === 0 ? two.key : one.key)
  }
  const kids = (await Promise.all(signing)).map(({ token }) => {
    const kid = jsonwebtoken.decode(token, { complete: true })?.header.kid ?? ''
    jsonwebtoken.verify(token, publicKeys.get(kid) ?? '', { algorithms: ['RS256'] })
    return kid
  })
  expect(kids.filter((kid) => kid === 'one')).toHaveLength(100)
  expect(kids.filter((kid) => kid === 'two')).toHaveLength(100)
})

it('keeps its key when the other one cannot sign for the deployment', async () => {
  const [one, two] = [await makeKey('one'), await makeKey('two', 'RS512')]
  const signer = createReplaceableSigner({ deployment, key: one.key })
  expect(() => signer.replaceKey(two.key)).toThrow(
    expect.objectContaining({ code: 'ERR_TOKEN_ALGORITHM' }),
  )
  const { token } = await signer.sign(ada)
  expect(jsonwebtoken.decode(token, { complete: true })?.header.kid).toBe('one')
})
