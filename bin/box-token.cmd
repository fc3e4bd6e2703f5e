@echo off
rem Runs box-token in the Node.js of the VS Code that opened this terminal, as bin/box-token does.
setlocal
if not exist "%BOX_TOKEN_NODE%" (
  echo box-token: This terminal has no access to Box. Run the command Box: Open Terminal with Box Access in VS Code. 1>&2
  exit /b 5
)
if defined ELECTRON_RUN_AS_NODE set "BOX_TOKEN_KEPT_ELECTRON_RUN_AS_NODE=%ELECTRON_RUN_AS_NODE%"
if defined NODE_OPTIONS set "BOX_TOKEN_KEPT_NODE_OPTIONS=%NODE_OPTIONS%"
set "NODE_OPTIONS="
set "ELECTRON_RUN_AS_NODE=1"
"%BOX_TOKEN_NODE%" "%~dp0..\dist\box-token.cjs" %*
