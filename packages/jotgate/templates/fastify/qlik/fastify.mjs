// qlik/fastify.mjs: the page, its login and its tokens. In your server: app.register(qlik, { prefix: '/chart' })
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import files from '@fastify/static'
import { logIn, loginPage, userOf } from './login.mjs'
import { answerToken } from './token.mjs'

const page = join(import.meta.dirname, 'page/dist')
const form = 'application/x-www-form-urlencoded'

export async function qlik(app) {
  // For these routes alone: a form becomes URLSearchParams.
  app.removeContentTypeParser(form)
  app.addContentTypeParser(
    form,
    { parseAs: 'string', bodyLimit: 1024 },
    async (_request, body) => new URLSearchParams(body),
  )

  app.get('/', async (request, reply) => {
    reply.type('text/html; charset=utf-8')
    if (userOf(request.headers.cookie)) return createReadStream(join(page, 'index.html'))
    return loginPage
  })

  app.post('/login', async (request, reply) => {
    const cookie = logIn(request.body?.get?.('password'))
    if (cookie !== undefined) return reply.header('set-cookie', cookie).redirect('/chart', 303)
    return reply.code(401).type('text/html; charset=utf-8').send(loginPage)
  })

  app.post('/token', async (request, reply) => {
    const { headers } = request
    const answer = await answerToken(new Headers(headers), userOf(headers.cookie))
    return reply
      .code(answer.status)
      .headers(Object.fromEntries(answer.headers))
      .send(await answer.text())
  })

  app.register(files, { root: page, index: false, decorateReply: false })
}
