import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const app = new Hono()

// HERE

app.get('/', (c) => c.text('An application that was here before'))

const port = Number(process.env.PORT ?? 3000)
serve({ fetch: app.fetch, port, hostname: 'localhost' }, () => console.log(`Listening on ${port}`))
