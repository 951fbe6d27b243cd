import { readdirSync } from 'node:fs';
import { defineConfig } from 'vite';

// Makes the tests into plain modules for Node's own test runner, which reads no
// TypeScript in the oldest version supported.
export default defineConfig({
  build: {
    ssr: true,
    target: 'node20',
    outDir: '.test',
    emptyOutDir: true,
    rollupOptions: {
      input: readdirSync('test').filter((name) => name.endsWith('.test.ts')).map((name) => `test/${name}`),
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
});
