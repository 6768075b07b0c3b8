// qlik/login.mjs: the smallest login, to start with: one person, and a password that is new at each start. Put your
// own in its place. The other files need `userOf`: who your session says it is.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const person = {
  subject: 'ada', // never changes, and never passes to another person
  name: 'Ada Lovelace',
  email: 'ada@example.com', // with emailVerified: true once you have verified it
  groups: [],
}

// Next.js loads this file more than once.
globalThis.firstLogin ??= start()
const { password, sessions } = globalThis.firstLogin

function start() {
  const made = { password: randomBytes(9).toString('base64url'), sessions: new Map() }
  console.log(`Log in with the password ${made.password}`)
  return made
}

/** The cookie of a new session; undefined when the password is wrong. */
export function logIn(tried) {
  if (process.env.NODE_ENV === 'production') throw new Error('Put your own login in this place')
  const hash = (text) => createHash('sha256').update(String(text)).digest()
  if (!timingSafeEqual(hash(tried), hash(password))) return undefined
  const id = randomBytes(32).toString('base64url')
  sessions.set(id, person)
  setTimeout(() => sessions.delete(id), 8 * 3_600_000).unref()
  return `first_login=${id}; Path=/; HttpOnly; SameSite=Lax; Max-Age=28800`
}

/** Who is logged in, by the request's Cookie header; undefined when nobody is. */
export function userOf(cookies) {
  const [, id] = /(?:^|; )first_login=([\w-]+)/.exec(cookies ?? '') ?? []
  return sessions.get(id)
}

export const loginPage = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>Log in</title>
  <form method="post" action="/chart/login">
    <label>Password <input name="password" type="password" required autofocus /></label>
    <button>Log in</button>
  </form>
</html>`
