// qlik/token.mjs: a token for the person who is logged in to your application, and for nobody else.
import { cloud, createSigner, isJotgateError } from 'jotgate'
import { readSigningKey } from 'jotgate/keys'
import settings from './settings.json' with { type: 'json' }

let signer
async function createSignerOnce() {
  const key = await readSigningKey({ file: 'keys/qlik.pem' })
  return createSigner({ deployment: cloud(settings), key })
}

/** Thirty tokens a minute for each person, however often they log in. Several servers need one shared count. */
const tokensOf = new Map()
setInterval(() => tokensOf.clear(), 60_000).unref()

function isTooOften({ subject }) {
  const count = (tokensOf.get(subject) ?? 0) + 1
  tokensOf.set(subject, count)
  return count > 30
}

/** Answers the page's POST. `user` is who your own session says it is; undefined when nobody is logged in. */
export async function answerToken(headers, user) {
  const noStore = { 'cache-control': 'no-store' }
  const refuse = (status) => new Response(null, { status, headers: noStore })
  // Another site must not ask in its visitor's name. A form can send no JSON.
  if (headers.get('origin') !== settings.page) return refuse(403)
  if (headers.get('content-type')?.split(';')[0] !== 'application/json') return refuse(415)
  if (user === undefined) return refuse(401)
  if (isTooOften(user)) return refuse(429)
  try {
    signer ??= createSignerOnce()
    const { token } = await (await signer).sign(user)
    return Response.json({ token }, { headers: noStore })
  } catch (error) {
    console.error(error) // It holds no key and no token.
    return refuse(isJotgateError(error) && error.status === 503 ? 503 : 500)
  }
}
