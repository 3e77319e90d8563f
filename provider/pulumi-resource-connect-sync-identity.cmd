@echo off
rem What the engine starts on Windows. Node.js runs the provider: no language host is asked, and nothing is installed.
where node >nul 2>nul
if errorlevel 1 (
  echo connect-sync-identity needs Node.js 22.18 or newer on PATH, and found none there. 1>&2
  exit /b 1
)
node "%~dp0start.js" %*
