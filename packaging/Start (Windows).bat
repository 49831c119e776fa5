@echo off
rem Starts Emotion Desktop by a double click: finds a Python; packaging\run.py does the rest.
setlocal
cd /d "%~dp0.."
set "python="
for %%V in (3.13 3.12 3.11 3.10 3.14) do if not defined python py -%%V -c "" >nul 2>nul && set "python=py -%%V"
if not defined python python -c "import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 14))" >nul 2>nul && set "python=python"
if not defined python goto missing
%python% packaging\run.py %*
if errorlevel 1 pause
exit /b
:missing
echo This program needs Python 3.10 to 3.14. Get it from https://www.python.org/downloads/
echo (3.13, 64 bit, can do everything), install it, and start this file again.
pause
exit /b 1
