// qlik/express.mjs: the page, its login and its tokens. In your server: app.use('/chart', qlik)
import { join } from 'node:path'
import express from 'express'
import { logIn, loginPage, userOf } from './login.mjs'
import { answerToken } from './token.mjs'

const page = join(import.meta.dirname, 'page/dist')

export const qlik = express.Router()

qlik.get('/', (req, res) => {
  if (userOf(req.headers.cookie)) res.sendFile('index.html', { root: page })
  else res.type('html').send(loginPage)
})

qlik.post('/login', express.urlencoded({ extended: false, limit: '1kb' }), (req, res) => {
  const cookie = logIn(req.body?.password)
  if (cookie === undefined) res.status(401).type('html').send(loginPage)
  else res.set('set-cookie', cookie).redirect(303, '/chart')
})

qlik.post('/token', async (req, res) => {
  const answer = await answerToken(new Headers(req.headers), userOf(req.headers.cookie))
  res.status(answer.status).set(Object.fromEntries(answer.headers))
  res.send(await answer.text())
})

qlik.use(express.static(page, { index: false }))
