// app/chart/login/route.js: the form's answer.
import { logIn } from '../../../qlik/login.mjs'

export async function POST(request) {
  const form = await request.formData()
  const cookie = logIn(form.get('password'))
  const headers = { location: '/chart', ...(cookie === undefined ? {} : { 'set-cookie': cookie }) }
  return new Response(null, { status: 303, headers })
}
