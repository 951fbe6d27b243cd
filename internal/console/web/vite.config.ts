import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Stable file names: the built files are committed, and history must not grow by
// a new name a build. Browsers revalidate by ETag instead.
export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    target: 'es2022',
    outDir: '.build',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name].js',
        assetFileNames: '[name][extname]',
        // What several chunks share is one chunk: many small ones compress worse.
        codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] },
      },
    },
  },
  server: { proxy: { '^/(?!console/)': 'http://127.0.0.1:4566' } },
});
