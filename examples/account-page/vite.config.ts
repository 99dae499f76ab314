import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  // Inside this repository the client is taken from its source; elsewhere this changes nothing.
  resolve: { conditions: ['@user-profile/source', ...defaultClientConditions] },
  server: { port: 5173, strictPort: true },
});
