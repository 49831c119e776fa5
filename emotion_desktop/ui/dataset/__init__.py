"""The data set on screen: photos with labels, their health, their splits."""
