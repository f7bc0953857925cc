from pyshark.capture.file_capture import FileCapture as FileCapture
