const express = require('express')

const app = express()
app.use(express.json())
app.use(express.urlencoded())

// HERE

app.get('/', (_req, res) => {
  res.send('An application that was here before')
})

const port = Number(process.env.PORT ?? 3000)
app.listen(port, 'localhost', () => console.log(`Listening on ${port}`))
