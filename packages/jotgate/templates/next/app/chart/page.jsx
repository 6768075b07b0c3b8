// app/chart/page.jsx: the page, for those who are logged in.
import { headers } from 'next/headers'
import { Suspense } from 'react'
import { userOf } from '../../qlik/login.mjs'
import { Chart } from './chart.jsx'

export default function ChartPage() {
  return (
    <Suspense>
      <ChartOrLogin />
    </Suspense>
  )
}

async function ChartOrLogin() {
  if (userOf((await headers()).get('cookie')))
    return (
      <main>
        <h1>Films</h1>
        <Chart />
      </main>
    )
  return (
    <form method="post" action="/chart/login">
      <label>
        Password <input name="password" type="password" required />
      </label>
      <button type="submit">Log in</button>
    </form>
  )
}
