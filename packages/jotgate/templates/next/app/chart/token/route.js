// app/chart/token/route.js: a token for the person who is logged in.
import { userOf } from '../../../qlik/login.mjs'
import { answerToken } from '../../../qlik/token.mjs'

export const POST = (request) => answerToken(request.headers, userOf(request.headers.get('cookie')))
